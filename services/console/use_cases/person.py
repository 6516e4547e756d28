"""One person on their way: who holds them and has held them, the clocks, what happened, what is being done for them."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.console.domain import told
from services.console.domain.session import Session
from services.console.domain.told_custody import CustodyLine, HeldTransition
from services.console.domain.told_matching import Wish
from services.console.domain.told_referral import ReferralLine
from services.console.use_cases.inbox import OPEN_TASKS
from services.console.use_cases.ports import Neighbours, Refused
from services.console.use_cases.sharing import SharingPage, read_sharing


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """One stretch of custody; without `until` it goes on."""

    worker_id: UUID
    cause: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonPage:
    """`more` tasks were left out; `referrals` are the newest ones that the visitor may know of."""

    sharing: SharingPage
    wish: Wish
    handoff: told.Handoff
    transition: HeldTransition
    tasks: Sequence[told.Task]
    more: bool
    referrals: Sequence[ReferralLine] = ()
    team_names: Mapping[UUID, str] = field(default_factory=dict)

    @property
    def person(self) -> told.Person:
        """Whose page it is."""
        return self.sharing.person

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


async def read_person(handoff_id: UUID, *, by: Session, neighbours: Neighbours) -> PersonPage:
    """The person of a handoff. Raises Refused 404 for those who may not know of them."""
    referrals = neighbours.referrals
    handoff = await referrals.handoff(handoff_id, by=by)
    transition = await referrals.held_transition(handoff.transition_id, by=by)
    if transition.person_id is None:
        raise Refused("referrals", status=404, code="not_found", document={})
    sharing, wish, tasks, referred, teams = await asyncio.gather(
        read_sharing(transition.person_id, by=by, neighbours=neighbours),
        neighbours.matching.wish(transition.person_id, by=by),
        referrals.tasks(by, person=transition.person_id, limit=50),
        neighbours.referring.referrals(by, person=transition.person_id, limit=20),
        neighbours.teams.teams(by),
    )
    return PersonPage(
        sharing=sharing,
        wish=wish,
        handoff=handoff,
        transition=transition,
        tasks=tasks.items,
        more=tasks.next_cursor is not None,
        referrals=referred.items,
        team_names={team.id: team.name for team in teams},
    )
