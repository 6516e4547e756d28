"""End what is still open about people who have died. Any number of sweeps may run at once, and any may come again.

A sweep, so that the order of things is no part of it: a task may be asked for, or two records be joined, in the same
moment in which a source tells of the death.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.errors import ReferralsError
from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.handoff_states import WithdrawReason
from services.referrals.domain.known_elsewhere import HeldKind
from services.referrals.domain.matcher import Candidate
from services.referrals.domain.outcome import end, fact_of
from services.referrals.domain.protocol_shelf import ProtocolUnavailable
from services.referrals.domain.referral_endings import end_after_death as end_referral
from services.referrals.domain.task_states import TaskReason
from services.referrals.domain.transition_commands import cancel
from services.referrals.domain.transition_corrections import end_discharged, is_live
from services.referrals.domain.transition_states import TransitionReason, TransitionStatus
from services.referrals.use_cases.conflict_ports import LetGoWork
from services.referrals.use_cases.handoff_ports import HandoffWork
from services.referrals.use_cases.handoff_turn import Turn, keep_turn
from services.referrals.use_cases.ports import TaskWork, WorkSource
from services.referrals.use_cases.referral_turn import announce
from shared.clock import Clock
from shared.contracts.codes import AccessRole
from shared.logs import get_logger

AT_ONCE = 200

_log = get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOpen:
    """A handoff (with its transition), a referral or a task about somebody who has died."""

    tenant_id: UUID
    kind: HeldKind
    id: UUID


class AfterDeath(Protocol):
    """Finds, over all tenants, what is open about people of whom a source says that they have died."""

    async def find(self, *, limit: int) -> Sequence[LeftOpen]:
        """Up to `limit` of each kind."""
        ...


async def end_after_death(
    *,
    after_death: AfterDeath,
    works: WorkSource[TaskWork],
    handoff_works: WorkSource[HandoffWork],
    referral_works: WorkSource[LetGoWork],
    clock: Clock,
) -> int:
    """How much was ended."""
    ended = 0
    now = clock.now()
    at = Moment(occurred_at=now, recorded_at=now)
    for found in await after_death.find(limit=AT_ONCE):
        try:
            if found.kind is HeldKind.TASK:
                ended += await _end_task(found, works=works, at=at)
            elif found.kind is HeldKind.REFERRAL:
                ended += await _end_referral(found, works=referral_works, at=at)
            else:
                ended += await _end_journey(found, works=handoff_works, at=at)
        except (ReferralsError, ProtocolUnavailable) as error:
            # one that somebody is changing now must not keep the others waiting; the next sweep finds it again
            _log.warning("not_ended", error_type=type(error).__name__, kind=found.kind.value, subject_id=found.id)
    return ended


async def _end_task(found: LeftOpen, *, works: WorkSource[TaskWork], at: Moment) -> bool:
    async with works.begin(found.tenant_id) as work:
        task = await work.tasks.get(found.id)
        if task.is_closed:
            return False
        ended, step = end(task, reason=TaskReason.PERSON_DIED, now=at.recorded_at)
        await work.tasks.change(ended, step)
        if (fact := fact_of(ended, step)) is not None:
            work.announce(fact[0], subject=ended.id, data=fact[1])
    return True


async def _end_referral(found: LeftOpen, *, works: WorkSource[LetGoWork], at: Moment) -> bool:
    async with works.begin(found.tenant_id) as work:
        referral = await work.conflicts.referral(found.id)
        if (after := end_referral(referral, at=at)) is None:
            return False
        await work.conflicts.change_referral(referral, *after)
        announce(work, *after)
    return True


async def _end_journey(found: LeftOpen, *, works: WorkSource[HandoffWork], at: Moment) -> bool:
    """What somebody entered by hand: a source ends its own transitions in the commit that tells of the death."""
    ended = False

    def decide(journey: Journey, at: Moment, candidates: Sequence[Candidate]) -> None:
        nonlocal ended
        ended = is_live(journey)
        if not ended:
            return
        if journey.transition.status is TransitionStatus.PLANNED:
            rule = Actor(tenant_id=found.tenant_id, access_role=AccessRole.SYSTEM)
            cancel(journey, reason=TransitionReason.PERSON_DIED, by=rule, at=at)
        else:
            end_discharged(journey, reason=WithdrawReason.PERSON_DIED, at=at)

    async with works.begin(found.tenant_id) as work:
        await keep_turn(work, Turn(handoff_id=found.id), decide, at=at, expected_version=None)
    return ended
