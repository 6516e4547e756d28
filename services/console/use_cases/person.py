"""One person on their way: who holds them and has held them, the clocks, what happened, what is being done for them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.console.domain import told
from services.console.domain.session import Session
from services.console.domain.told_custody import CustodyLine, HeldTransition
from services.console.use_cases.inbox import OPEN_TASKS
from services.console.use_cases.ports import Referrals


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """One stretch of custody; without `until` it goes on."""

    worker_id: UUID
    cause: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonPage:
    """`more` tasks were left out."""

    person: told.Person
    handoff: told.Handoff
    transition: HeldTransition
    tasks: Sequence[told.Task]
    more: bool

    @property
    def held(self) -> list[Held]:
        """Who held the person when: every stretch ends where the next begins, so there is no gap between two."""
        lines = self.transition.custody
        ends: list[CustodyLine | None] = [*lines[1:], None]
        return [
            Held(
                worker_id=line.to_worker_id,
                cause=line.cause,
                since=line.occurred_at,
                until=following.occurred_at if following is not None else None,
            )
            for line, following in zip(lines, ends, strict=True)
        ]

    @property
    def open_tasks(self) -> list[told.Task]:
        """Asked for, or under way."""
        return [task for task in self.tasks if task.status in (*OPEN_TASKS, "proposed")]

    @property
    def finished_tasks(self) -> list[told.Task]:
        """Over, one way or another."""
        return [task for task in self.tasks if task not in self.open_tasks]


async def read_person(handoff_id: UUID, *, by: Session, referrals: Referrals) -> PersonPage:
    """The person of a handoff. Raises Refused 404 for those who may not know of them."""
    handoff = await referrals.handoff(handoff_id, by=by)
    transition = await referrals.held_transition(handoff.transition_id, by=by)
    person, tasks = await asyncio.gather(
        referrals.person(transition.person_id, by=by), referrals.tasks(by, person=transition.person_id, limit=50)
    )
    return PersonPage(
        person=person, handoff=handoff, transition=transition, tasks=tasks.items, more=tasks.next_cursor is not None
    )
