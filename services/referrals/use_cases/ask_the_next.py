"""Ask the rest of a team, or leave it with the requester, after somebody has let go of a referral; in the commit at hand."""

from uuid import UUID

from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.referral import Referral
from services.referrals.domain.referral_beginning import again, first_step
from services.referrals.domain.referral_states import ReferralStatus
from services.referrals.use_cases.conflict_ports import LetGoWork
from services.referrals.use_cases.referral_ports import ReferralRules
from services.referrals.use_cases.referral_turn import announce
from shared.identifiers import new_id


def asks_the_next(referral: Referral) -> bool:
    """The rest of a team is asked at once. A no to an offer made to one worker alone is the requester's to answer."""
    team_id = None if referral.recipient is None else referral.recipient.team_id
    return team_id is not None or referral.status is not ReferralStatus.REQUESTED


async def ask_the_next(
    referral: Referral, *, work: LetGoWork, rules: ReferralRules, by: UUID | None, at: Moment
) -> None:
    """A new referral follows `referral`, given as it was before. Nobody (`by` is None) is behind what a rule does."""
    programme = await work.programmes.get(referral.programme_id)
    model, calendar = rules.models.choose(referral.model), rules.calendar_of(programme)
    fresh = again(referral, referral_id=new_id(), model=model, calendar=calendar, at=at)
    step = first_step(fresh, by=by, at=at)
    work.conflicts.add_referral(fresh, step)
    announce(work, fresh, step)
