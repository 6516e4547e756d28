"""The Referrals port over HTTP."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from services.console.adapters.neighbour import Neighbour
from services.console.domain import told
from services.console.domain.session import Session
from services.console.domain.told_custody import HeldTransition
from services.console.use_cases.ports import Assigned, NotSent, Refused, Unreachable
from shared.contracts.paging import Page

_DIRECTORY_SECONDS = 30.0
"""Colleagues' names and programmes change rarely; every page needs them. Nothing about people in care is kept."""


@dataclass(kw_only=True)
class ReferralsOverHttp:
    """Asks referrals."""

    neighbour: Neighbour
    _workers: dict[UUID, tuple[float, Sequence[told.Worker]]] = field(default_factory=dict)
    _programmes: dict[UUID, tuple[float, Sequence[told.Programme]]] = field(default_factory=dict)

    async def handoffs(
        self,
        by: Session,
        *,
        state: str | None = None,
        mine: bool = False,
        attention: bool = False,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Page[told.HandoffLine]:
        """Handoffs the visitor may know of, newest first."""
        worker = "me" if mine else None
        return await self.neighbour.get(
            "/handoffs",
            by=by,
            answer=Page[told.HandoffLine],
            state=state,
            worker=worker,
            attention=attention,
            limit=limit,
            cursor=cursor,
        )

    async def handoff(self, handoff_id: UUID, *, by: Session) -> told.Handoff:
        """One handoff."""
        return await self.neighbour.get(f"/handoffs/{handoff_id}", by=by, answer=told.Handoff)

    async def handoff_command(
        self, handoff_id: UUID, command: str, *, body: Mapping[str, Any], version: int, key: str, by: Session
    ) -> None:
        """A step on a handoff."""
        await self.neighbour.tell(f"/handoffs/{handoff_id}/{command}", body, by=by, version=version, key=key)

    async def transitions(
        self, by: Session, *, status: str | None = None, owner: UUID | None = None, limit: int = 100
    ) -> Page[told.Transition]:
        """Transitions, newest first."""
        return await self.neighbour.get(
            "/transitions", by=by, answer=Page[told.Transition], status=status, owner_worker_id=owner, limit=limit
        )

    async def transition(self, transition_id: UUID, *, by: Session) -> told.Transition:
        """One transition."""
        return await self.neighbour.get(f"/transitions/{transition_id}", by=by, answer=told.Transition)

    async def held_transition(self, transition_id: UUID, *, by: Session) -> HeldTransition:
        """One transition, with everybody who has held the person."""
        return await self.neighbour.get(f"/transitions/{transition_id}", by=by, answer=HeldTransition)

    async def transition_command(
        self, transition_id: UUID, command: str, *, body: Mapping[str, Any], version: int, key: str, by: Session
    ) -> None:
        """A step on a transition."""
        await self.neighbour.tell(f"/transitions/{transition_id}/{command}", body, by=by, version=version, key=key)

    async def plan(self, body: Mapping[str, Any], *, key: str, by: Session) -> told.Planned:
        """Plan a transition, or record a discharge."""
        return await self.neighbour.post("/transitions", body, by=by, answer=told.Planned, key=key)

    async def people(self, by: Session, *, limit: int = 200) -> Page[told.Person]:
        """People the visitor may know of, newest first."""
        return await self.neighbour.get("/people", by=by, answer=Page[told.Person], limit=limit)

    async def person(self, person_id: UUID, *, by: Session) -> told.Person:
        """Somebody."""
        return await self.neighbour.get(f"/people/{person_id}", by=by, answer=told.Person)

    async def workers(self, by: Session) -> Sequence[told.Worker]:
        """Colleagues of the network."""
        kept = self._workers.get(by.tenant_id)
        if kept is None or kept[0] < time.monotonic():
            page = await self.neighbour.get("/workers", by=by, answer=Page[told.Worker], limit=200)
            kept = self._workers[by.tenant_id] = (time.monotonic() + _DIRECTORY_SECONDS, page.items)
        return kept[1]

    async def programmes(self, by: Session) -> Sequence[told.Programme]:
        """Programmes of the network."""
        kept = self._programmes.get(by.tenant_id)
        if kept is None or kept[0] < time.monotonic():
            page = await self.neighbour.get("/programmes", by=by, answer=Page[told.Programme], limit=200)
            kept = self._programmes[by.tenant_id] = (time.monotonic() + _DIRECTORY_SECONDS, page.items)
        return kept[1]

    def forget_programmes(self, tenant_id: UUID) -> None:
        """Look anew: a programme was registered or changed."""
        self._programmes.pop(tenant_id, None)

    async def tasks(
        self,
        by: Session,
        *,
        status: str | None = None,
        assignee: UUID | None = None,
        person: UUID | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Page[told.Task]:
        """Tasks the visitor may know of, newest first."""
        return await self.neighbour.get(
            "/tasks",
            by=by,
            answer=Page[told.Task],
            status=status,
            assignee_worker_id=assignee,
            person_id=person,
            limit=limit,
            cursor=cursor,
        )

    async def task(self, task_id: UUID, *, by: Session) -> told.Task:
        """One task."""
        return await self.neighbour.get(f"/tasks/{task_id}", by=by, answer=told.Task)

    async def task_command(
        self, task_id: UUID, command: str, *, body: Mapping[str, Any], version: int, key: str, by: Session
    ) -> None:
        """A step on a task."""
        await self.neighbour.tell(f"/tasks/{task_id}/{command}", body, by=by, version=version, key=key)

    async def assign(self, body: Mapping[str, Any], *, key: str, by: Session) -> Assigned | NotSent:
        """Ask a worker to do something. Outside the role is an answer, not a failure."""
        try:
            return Assigned(await self.neighbour.post("/tasks", body, by=by, answer=told.Task, key=key))
        except Refused as refused:
            if refused.code != "out_of_scope":
                raise
            return NotSent(_judgement(refused))


def _judgement(refused: Refused) -> told.Judgement:
    try:
        return told.Judgement.model_validate(refused.document)
    except ValidationError:
        raise Unreachable(refused.service) from None
