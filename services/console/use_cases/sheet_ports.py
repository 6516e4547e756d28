"""What the pages of a handoff's sheet need of referrals."""

from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID

from services.console.domain.session import Session
from services.console.domain.told_sheet import Revision, Sheet
from shared.contracts.paging import Page


class Sheets(Protocol):
    """Sheets, each as its reader may know it. A change names the version it was made on and a key."""

    async def sheet(self, handoff_id: UUID, *, by: Session, version: int | None = None) -> Sheet: ...

    async def revisions(self, handoff_id: UUID, *, by: Session) -> Page[Revision]: ...

    async def change_sheet(
        self, handoff_id: UUID, body: Mapping[str, Any], *, version: int, key: str, by: Session
    ) -> None: ...
