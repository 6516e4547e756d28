"""Record that the two have met in person, or have said goodbye."""

from collections.abc import Callable
from enum import StrEnum
from uuid import UUID

from services.referrals.domain import referral_meetings as meetings
from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.referral import Referral, ReferralStep
from services.referrals.domain.referral_standing import Standing
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import WorkSource
from services.referrals.use_cases.referral_ports import ReferralAsked, ReferralWork
from services.referrals.use_cases.referral_turn import take_referral_turn
from shared.clock import Clock


class Meeting(StrEnum):
    """The first and the last time."""

    INTRODUCTION = "introduce"
    GOODBYE = "say-goodbye"


_MEETINGS: dict[Meeting, Callable[..., tuple[Referral, ReferralStep]]] = {
    Meeting.INTRODUCTION: meetings.introduce,
    Meeting.GOODBYE: meetings.say_goodbye,
}


async def record_referral_meeting(
    referral_id: UUID,
    meeting: Meeting,
    *,
    asked: ReferralAsked,
    works: WorkSource[ReferralWork],
    clock: Clock,
    once: Once,
) -> Referral:
    """The referral. Raises NotFound, IllegalMove, NotYours, InvalidField (recorded before, or not in this model), Stale."""

    def decide(standing: Standing, at: Moment) -> tuple[Referral, ReferralStep]:
        return _MEETINGS[meeting](standing, at=at)

    return await take_referral_turn(referral_id, decide, asked=asked, works=works, clock=clock, once=once)
