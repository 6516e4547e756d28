"""The Administration port over HTTP."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.console.adapters.neighbour import Neighbour
from services.console.domain.session import Session
from services.console.domain.told_administration import ProgrammeNow, TeamNow


@dataclass(frozen=True, kw_only=True)
class AdministrationOverHttp:
    """Asks referrals each time. After a change `forget` drops what other pages keep of this tenant's teams and programmes."""

    neighbour: Neighbour
    forget: Callable[[UUID], None]

    async def team(self, team_id: UUID, *, by: Session) -> TeamNow:
        """The team as it is now."""
        return await self.neighbour.get(f"/teams/{team_id}", by=by, answer=TeamNow)

    async def form_team(self, name: str, *, organization_id: UUID, key: str, by: Session) -> TeamNow:
        """A new team, with nobody in it yet."""
        body = {"name": name, "organization_id": str(organization_id)}
        formed = await self.neighbour.post("/teams", body, by=by, answer=TeamNow, key=key)
        self.forget(by.tenant_id)
        return formed

    async def change_members(
        self,
        team_id: UUID,
        *,
        joining: Sequence[UUID],
        leaving: Sequence[UUID],
        version: int,
        key: str,
        by: Session,
    ) -> None:
        """Some join, some leave. Raises Refused 412 where the team changed in the meantime."""
        body = {"joining": [str(one) for one in joining], "leaving": [str(one) for one in leaving]}
        await self.neighbour.tell(f"/teams/{team_id}/members", body, by=by, version=version, key=key)
        self.forget(by.tenant_id)

    async def programme(self, programme_id: UUID, *, by: Session) -> ProgrammeNow:
        """The programme as it is now."""
        return await self.neighbour.get(f"/programmes/{programme_id}", by=by, answer=ProgrammeNow)

    async def register_programme(self, body: Mapping[str, Any], *, key: str, by: Session) -> ProgrammeNow:
        """A new programme."""
        made = await self.neighbour.post("/programmes", body, by=by, answer=ProgrammeNow, key=key)
        self.forget(by.tenant_id)
        return made

    async def change_programme(
        self, programme_id: UUID, body: Mapping[str, Any], *, version: int, key: str, by: Session
    ) -> None:
        """Some settings. Raises Refused 412 where the programme changed in the meantime."""
        await self.neighbour.patch(f"/programmes/{programme_id}", body, by=by, version=version, key=key)
        self.forget(by.tenant_id)
