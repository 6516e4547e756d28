"""Find what lies with somebody who cannot go on, and bring it to somebody who can. Any number of sweeps may run at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from services.referrals.domain.errors import ReferralsError
from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.known_elsewhere import HeldKind, let_go_of_referral
from services.referrals.domain.matcher import Candidate
from services.referrals.domain.outcome import Patience
from services.referrals.domain.protocol_shelf import ProtocolUnavailable
from services.referrals.domain.referral import Referral
from services.referrals.domain.referral_states import WORKING, ReferralStatus
from services.referrals.domain.rehoming import Unable, rehome
from services.referrals.domain.task_states import WITH_ASSIGNEE, TaskReason
from services.referrals.use_cases.ask_the_next import ask_the_next, asks_the_next
from services.referrals.use_cases.conflict_ports import LetGoWork
from services.referrals.use_cases.give_back_task import give_back
from services.referrals.use_cases.handoff_ports import HandoffWork
from services.referrals.use_cases.handoff_turn import Turn, keep_turn
from services.referrals.use_cases.ports import TaskWork, WorkSource
from services.referrals.use_cases.referral_ports import ReferralRules
from services.referrals.use_cases.referral_turn import announce
from shared.clock import Clock
from shared.logs import get_logger

AT_ONCE = 200

_log = get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """A handoff (with its transition), a referral or a task that lies with a worker who cannot go on."""

    tenant_id: UUID
    kind: HeldKind
    id: UUID
    worker_id: UUID
    why: Unable


class Dropped(Protocol):
    """Finds, over all tenants, what lies with workers who cannot go on, where somebody else could take it."""

    async def find(self, *, limit: int) -> Sequence[Held]:
        """Up to `limit` of each kind."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class ReferralHomes:
    """Where a referral finds its next home: units of work, and the models and calendars it is asked again by."""

    works: WorkSource[LetGoWork]
    rules: ReferralRules


async def rehome_dropped(
    *,
    dropped: Dropped,
    works: WorkSource[TaskWork],
    handoff_works: WorkSource[HandoffWork],
    referrals: ReferralHomes,
    clock: Clock,
    patience: Patience,
) -> int:
    """How many found a new home."""
    moved = 0
    for held in await dropped.find(limit=AT_ONCE):
        try:
            if held.kind is HeldKind.HANDOFF:
                moved += await _rehome(held, works=handoff_works, clock=clock)
            elif held.kind is HeldKind.REFERRAL:
                moved += await _let_go(held, homes=referrals, clock=clock)
            else:
                moved += await _release(held, works=works, clock=clock, patience=patience)
        except (ReferralsError, ProtocolUnavailable) as error:
            # one that cannot be moved now must not keep the others waiting; the next sweep finds it again
            _log.warning("not_rehomed", error_type=type(error).__name__, kind=held.kind.value, subject_id=held.id)
    return moved


async def _rehome(held: Held, *, works: WorkSource[HandoffWork], clock: Clock) -> bool:
    done = False

    def decide(journey: Journey, at: Moment, candidates: Sequence[Candidate]) -> None:
        nonlocal done
        done = rehome(journey, worker_id=held.worker_id, why=held.why, candidates=candidates, at=at)

    now = clock.now()
    async with works.begin(held.tenant_id) as work:
        turn = Turn(handoff_id=held.id, with_candidates=True)
        await keep_turn(work, turn, decide, at=Moment(occurred_at=now, recorded_at=now), expected_version=None)
    return done


async def _let_go(held: Held, *, homes: ReferralHomes, clock: Clock) -> bool:
    now = clock.now()
    at = Moment(occurred_at=now, recorded_at=now)
    async with homes.works.begin(held.tenant_id) as work:
        referral = await work.conflicts.referral(held.id)
        if not _lies_with(referral, held):
            return False
        gone = let_go_of_referral(referral, step_back=True, by=None, at=at)
        assert gone is not None, "whoever steps back from what they have lets go of it"
        after, step = gone
        await work.conflicts.change_referral(referral, after, step)
        announce(work, after, step)
        if asks_the_next(referral):
            await ask_the_next(referral, work=work, rules=homes.rules, by=None, at=at)
    return True


def _lies_with(referral: Referral, held: Held) -> bool:
    """Still theirs; and what they have not answered waits for them only where they may come back to it."""
    waits = referral.status is ReferralStatus.REQUESTED and held.why is not Unable.AWAY
    return referral.owner_worker_id == held.worker_id and (waits or referral.status in WORKING)


async def _release(held: Held, *, works: WorkSource[TaskWork], clock: Clock, patience: Patience) -> bool:
    async with works.begin(held.tenant_id) as work:
        task = await work.tasks.get(held.id)
        if task.status not in WITH_ASSIGNEE or task.assignee_worker_id != held.worker_id:
            return False
        reason = TaskReason(held.why.told.value)
        await give_back(held.id, work=work, reason=reason, now=clock.now(), patience=patience)
    return True
