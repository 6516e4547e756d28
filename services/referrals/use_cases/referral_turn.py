"""One turn of a referral: lock, decide, compare versions, keep; everything in one commit, or nothing."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from services.referrals.domain.errors import Stale
from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.referral import Referral, ReferralStep
from services.referrals.domain.referral_facts import referral_fact
from services.referrals.domain.referral_standing import Standing
from services.referrals.domain.times import not_in_the_future
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import Work, WorkSource
from services.referrals.use_cases.referral_ports import ReferralAsked, ReferralWork
from shared.clock import Clock
from shared.contracts.events import EventType

Decide = Callable[[Standing, Moment], tuple[Referral, ReferralStep]]
Then = Callable[[ReferralWork, Standing, Referral, Moment], Awaitable[object]]
"""What else is done in the same commit; what it gives back is the answer."""


async def take_referral_turn(
    referral_id: UUID,
    decide: Decide,
    *,
    asked: ReferralAsked,
    works: WorkSource[ReferralWork],
    clock: Clock,
    once: Once,
    then: Then | None = None,
) -> Referral:
    """The changed referral.

    Raises NotFound, InvalidField for a time in the future, whatever `decide` raises, and only then Stale: "a colleague
    is already on it" tells more than "read it again".
    """
    at = moment(asked, clock=clock)
    async with works.begin(asked.by.tenant_id, once=once) as work:
        standing = await work.referrals.standing(referral_id, by=asked.by, lock=True)
        changed, step = decide(standing, at)
        await check_version(work, standing.referral, asked=asked)
        await work.referrals.change(standing.referral, changed, step)
        announce(work, changed, step)
        work.answer(changed if then is None else await then(work, standing, changed, at))
    return changed


async def check_version(work: ReferralWork, referral: Referral, *, asked: ReferralAsked) -> None:
    """Raises Stale where somebody changed it since the caller read it. That a clock ran out in between changes no answer."""
    if referral.version == asked.version:
        return
    if not await work.referrals.only_ran_late(referral, since=asked.version):
        raise Stale(current=referral.version)


def moment(asked: ReferralAsked, *, clock: Clock) -> Moment:
    """When it occurred and when we write it down. Raises InvalidField for a time in the future."""
    return Moment(occurred_at=not_in_the_future(asked.occurred_at, clock=clock), recorded_at=clock.now())


def announce(work: Work, referral: Referral, step: ReferralStep) -> None:
    """Tell the step as a fact."""
    work.announce(EventType.REFERRAL_STATUS_CHANGED, subject=referral.id, data=referral_fact(referral, step))
