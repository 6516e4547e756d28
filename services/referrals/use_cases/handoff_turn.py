"""One turn of a journey: load, decide, keep; once more from the start when somebody else was faster."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.errors import Stale, WorkerRequired
from services.referrals.domain.handoff_errors import ChangedMeanwhile
from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.matcher import Candidate
from services.referrals.domain.times import not_in_the_future
from services.referrals.use_cases.handoff_ports import Asked, HandoffWork
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import Work, WorkSource
from shared.clock import Clock

MAX_TURNS = 3
"""A writer that loses this often in one request is told that the record is changing under it."""

Decide = Callable[[Journey, Moment, Sequence[Candidate]], None]
"""A command of the domain with everything filled in. The candidates are empty unless it was asked for with them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """Which journey, by its handoff or its transition, and whether the decision needs to know whom it could ask.

    `commits` is the worker who would be bound by it: nobody who has left can be.
    """

    handoff_id: UUID | None = None
    transition_id: UUID | None = None
    with_candidates: bool = False
    commits: UUID | None = None

    async def load(self, work: HandoffWork, *, by: Actor | None) -> Journey:
        """The journey as stored now, for whoever asks. Raises NotFound."""
        if self.handoff_id is not None:
            return await work.handoffs.of_handoff(self.handoff_id, by=by)
        assert self.transition_id is not None
        return await work.handoffs.of_transition(self.transition_id, by=by)

    def version(self, journey: Journey) -> int:
        """The version that the caller speaks of."""
        return journey.transition.version if self.handoff_id is None else journey.handoff.version


async def take_turn(
    turn: Turn, decide: Decide, *, asked: Asked, works: WorkSource[HandoffWork], clock: Clock, once: Once
) -> Journey:
    """A caller's change, in one commit.

    Raises InvalidField for a time in the future, whatever `decide` raises, and only then Stale: "a colleague is
    already on it" tells more than "read it again".
    """
    occurred_at = not_in_the_future(asked.occurred_at, clock=clock)
    at = Moment(occurred_at=occurred_at, recorded_at=clock.now())
    async with works.begin(asked.by.tenant_id, once=once) as work:
        journey = await keep_turn(work, turn, decide, at=at, expected_version=asked.expected_version, by=asked.by)
        work.answer(journey)
    return journey


async def keep_turn(
    work: HandoffWork,
    turn: Turn,
    decide: Decide,
    *,
    at: Moment,
    expected_version: int | None,
    by: Actor | None = None,
) -> Journey:
    """The turn inside an open unit of work. Without `expected_version`, whatever is stored now is what is changed.

    Without `by` it is a rule that decides, for nobody.
    """
    for _ in range(MAX_TURNS):
        journey = await turn.load(work, by=by)
        found = turn.version(journey)
        candidates: Sequence[Candidate] = ()
        if turn.with_candidates:
            candidates = await candidates_for(work, journey, at=at)
        decide(journey, at, candidates)
        if turn.commits is not None and not await work.handoffs.is_working(turn.commits):
            raise WorkerRequired
        if expected_version not in (None, found):
            raise Stale(current=found)
        try:
            await work.handoffs.change(journey)
        except ChangedMeanwhile:
            continue
        announce(work, journey)
        return journey
    raise Stale(current=found)


async def candidates_for(work: HandoffWork, journey: Journey, *, at: Moment) -> Sequence[Candidate]:
    """Whom its next offer could be made to."""
    about = journey.transition
    return await work.handoffs.candidates(
        programme_id=about.programme_id,
        person_id=about.person_id,
        sender_worker_id=about.told_by,
        on=at.recorded_at,
    )


def announce(work: Work, journey: Journey) -> None:
    """Hand the journey's events to the outbox."""
    for announcement in journey.announcements:
        work.announce(announcement.type, subject=announcement.subject, data=announcement.data)
