"""The Sheets port over HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.console.adapters.neighbour import Neighbour
from services.console.domain.session import Session
from services.console.domain.told_sheet import Sheet


@dataclass(kw_only=True)
class SheetsOverHttp:
    """Asks referrals."""

    neighbour: Neighbour

    async def sheet(self, handoff_id: UUID, *, by: Session) -> Sheet:
        """The sheet as it is now."""
        return await self.neighbour.get(f"/handoffs/{handoff_id}/sheet", by=by, answer=Sheet)

    async def change_sheet(
        self, handoff_id: UUID, body: Mapping[str, Any], *, version: int, key: str, by: Session
    ) -> None:
        """Write down some parts."""
        await self.neighbour.patch(f"/handoffs/{handoff_id}/sheet", body, by=by, version=version, key=key)
