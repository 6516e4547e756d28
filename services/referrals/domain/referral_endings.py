"""How a referral ends that nobody ended: by a rule, with a reason, and without a word of how it went."""

from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.referral import Referral, ReferralStep
from services.referrals.domain.referral_standing import Said
from services.referrals.domain.referral_states import WORKING, ReferralCommand, ReferralStatus, referral_moves
from services.referrals.domain.referral_versions import moved
from services.referrals.domain.referral_words import ReferralReason


def end_after_death(referral: Referral, *, at: Moment) -> tuple[Referral, ReferralStep] | None:
    """The referral after its person has died; None where it is a draft or has ended."""
    if referral.status not in (ReferralStatus.REQUESTED, *WORKING):
        return None
    (move,) = referral_moves(referral.status, ReferralCommand.END)
    return moved(referral, move, at=at, by=None, said=Said(reason=ReferralReason.PERSON_DIED))
