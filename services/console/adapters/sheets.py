"""The Sheets port over HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.console.adapters.neighbour import Neighbour
from services.console.domain.session import Session
from services.console.domain.told_sheet import Revision, Sheet
from shared.contracts.paging import Page

_SHOWN = 100


@dataclass(kw_only=True)
class SheetsOverHttp:
    """Asks referrals."""

    neighbour: Neighbour

    async def sheet(self, handoff_id: UUID, *, by: Session, version: int | None = None) -> Sheet:
        """The sheet as it is now, or as it stood in a version."""
        return await self.neighbour.get(f"/handoffs/{handoff_id}/sheet", by=by, answer=Sheet, version=version)

    async def revisions(self, handoff_id: UUID, *, by: Session) -> Page[Revision]:
        """The newest of them first."""
        path = f"/handoffs/{handoff_id}/sheet/revisions"
        return await self.neighbour.get(path, by=by, answer=Page[Revision], limit=_SHOWN)

    async def change_sheet(
        self, handoff_id: UUID, body: Mapping[str, Any], *, version: int, key: str, by: Session
    ) -> None:
        """Write down some parts."""
        await self.neighbour.patch(f"/handoffs/{handoff_id}/sheet", body, by=by, version=version, key=key)
