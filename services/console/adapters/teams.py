"""The Teams port over HTTP."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.console.adapters.neighbour import Neighbour
from services.console.domain.session import Session
from services.console.domain.told_team import Absence, Backup, Capacity, Huddle, MayDo, MayDoList, Protocol, Shift, Team
from services.console.use_cases.ports import Refused
from shared.contracts.paging import Page

_KEPT_SECONDS = 30.0
"""Like the names of colleagues: teams change rarely, and the pages of referring need them each time."""
_MOST_TEAMS = 50
"""Each team's members are a question of their own, so a page never asks for more than this many."""


@dataclass(kw_only=True)
class TeamsOverHttp:
    """Asks referrals."""

    neighbour: Neighbour
    _teams: dict[UUID, tuple[float, Sequence[Team]]] = field(default_factory=dict)

    async def teams(self, by: Session) -> Sequence[Team]:
        """Teams of the network with their members, the newest fifty."""
        kept = self._teams.get(by.tenant_id)
        if kept is None or kept[0] < time.monotonic():
            page = await self.neighbour.get("/teams", by=by, answer=Page[Team], limit=_MOST_TEAMS)
            whole = await asyncio.gather(
                *(self.neighbour.get(f"/teams/{one.id}", by=by, answer=Team) for one in page.items)
            )
            kept = self._teams[by.tenant_id] = (time.monotonic() + _KEPT_SECONDS, whole)
        return kept[1]

    def forget(self, tenant_id: UUID) -> None:
        """Look anew: a team was formed or changed."""
        self._teams.pop(tenant_id, None)

    async def huddle(self, team_id: UUID, *, by: Session) -> Huddle:
        """What the team should talk about today."""
        return await self.neighbour.get(f"/teams/{team_id}/huddle", by=by, answer=Huddle)

    async def who_may(
        self, team_id: UUID, *, programme_id: UUID, text: str, responsibility: str, by: Session
    ) -> Sequence[MayDo]:
        """The team's members with the guard's word. The words travel in the body, never in an address."""
        body = {"programme_id": str(programme_id), "text": text, "responsibility": responsibility}
        return (await self.neighbour.post(f"/teams/{team_id}/colleagues", body, by=by, answer=MayDoList)).items

    async def protocol(self, programme_id: UUID, *, by: Session) -> Protocol:
        """What must happen by when, as it is in force today."""
        return await self.neighbour.get(f"/programmes/{programme_id}/protocol", by=by, answer=Protocol)

    async def capacity(self, programme_id: UUID, *, by: Session) -> Capacity:
        """Is there room? Nobody is named."""
        return await self.neighbour.get(f"/programmes/{programme_id}/capacity", by=by, answer=Capacity)

    async def shifts(self, programme_id: UUID, *, by: Session) -> Sequence[Shift]:
        """The roster."""
        path = f"/programmes/{programme_id}/shifts"
        return (await self.neighbour.get(path, by=by, answer=Page[Shift], limit=100)).items

    async def put_on_call(self, programme_id: UUID, body: Mapping[str, Any], *, key: str, by: Session) -> None:
        """Put somebody on call."""
        await self.neighbour.tell(f"/programmes/{programme_id}/shifts", body, by=by, key=key)

    async def end_shift(self, programme_id: UUID, shift_id: UUID, *, version: int, key: str, by: Session) -> None:
        """End a shift now."""
        path = f"/programmes/{programme_id}/shifts/{shift_id}/end"
        await self.neighbour.tell(path, None, by=by, version=version, key=key)

    async def step_back(self, worker_id: UUID, body: Mapping[str, Any], *, key: str, by: Session) -> None:
        """Somebody is not available for a while; no reason is asked for."""
        await self.neighbour.tell(f"/workers/{worker_id}/absences", body, by=by, key=key)

    async def absences(self, worker_id: UUID, *, by: Session) -> Sequence[Absence]:
        """When somebody is not there, for themselves and for supervisors."""
        path = f"/workers/{worker_id}/absences"
        return (await self.neighbour.get(path, by=by, answer=Page[Absence], limit=100)).items

    async def come_back(self, worker_id: UUID, absence_id: UUID, *, version: int, key: str, by: Session) -> None:
        """Be there again."""
        path = f"/workers/{worker_id}/absences/{absence_id}/end"
        await self.neighbour.tell(path, None, by=by, version=version, key=key)

    async def backup(self, programme_id: UUID, *, by: Session) -> Backup | None:
        """Who is called in; nobody where nobody is named yet."""
        try:
            return await self.neighbour.get(f"/programmes/{programme_id}/clinical-backup", by=by, answer=Backup)
        except Refused as refused:
            if refused.status != 404:
                raise
            return None

    async def name_backup(self, programme_id: UUID, *, team_id: UUID, worker_id: UUID, key: str, by: Session) -> None:
        """Name who is called in when a peer meets a crisis."""
        body = {"team_id": str(team_id), "worker_id": str(worker_id)}
        await self.neighbour.put(f"/programmes/{programme_id}/clinical-backup", body, by=by, key=key)
