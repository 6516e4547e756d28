"""What the pages for forming teams and setting up programmes need of referrals."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from services.console.domain.session import Session
from services.console.domain.told_administration import ProgrammeNow, TeamNow


class Administration(Protocol):
    """Teams and programmes as they are now. A change names the version it was made on and a key."""

    async def team(self, team_id: UUID, *, by: Session) -> TeamNow: ...

    async def form_team(self, name: str, *, organization_id: UUID, key: str, by: Session) -> TeamNow: ...

    async def change_members(
        self,
        team_id: UUID,
        *,
        joining: Sequence[UUID],
        leaving: Sequence[UUID],
        version: int,
        key: str,
        by: Session,
    ) -> None: ...

    async def programme(self, programme_id: UUID, *, by: Session) -> ProgrammeNow: ...

    async def register_programme(self, body: Mapping[str, Any], *, key: str, by: Session) -> ProgrammeNow: ...

    async def change_programme(
        self, programme_id: UUID, body: Mapping[str, Any], *, version: int, key: str, by: Session
    ) -> None: ...
