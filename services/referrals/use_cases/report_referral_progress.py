"""Report how a referral goes: scheduled, no-show, waiting for something, asked to be cancelled."""

from datetime import datetime
from uuid import UUID

from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.referral import Referral, ReferralStep
from services.referrals.domain.referral_commands import progress
from services.referrals.domain.referral_progress import ProgressStep
from services.referrals.domain.referral_standing import Said, Standing
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import WorkSource
from services.referrals.use_cases.referral_ports import ReferralAsked, ReferralWork
from services.referrals.use_cases.referral_turn import take_referral_turn
from shared.clock import Clock


async def report_referral_progress(
    referral_id: UUID,
    step: ProgressStep,
    *,
    scheduled_at: datetime | None,
    said: Said,
    asked: ReferralAsked,
    works: WorkSource[ReferralWork],
    clock: Clock,
    once: Once,
) -> Referral:
    """The referral with its new business status. Raises NotFound, IllegalMove, NotYours, InvalidField, Stale."""

    def decide(standing: Standing, at: Moment) -> tuple[Referral, ReferralStep]:
        return progress(standing, step, scheduled_at=scheduled_at, said=said, at=at)

    return await take_referral_turn(referral_id, decide, asked=asked, works=works, clock=clock, once=once)
