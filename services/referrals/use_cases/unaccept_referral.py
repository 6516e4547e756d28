"""Step back from a referral: it ends as failed with the reason, and the need is asked about again, so that it is never dropped."""

from uuid import UUID

from services.referrals.domain import referral_commands as commands
from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.referral import Referral, ReferralStep
from services.referrals.domain.referral_beginning import again, first_step
from services.referrals.domain.referral_standing import Said, Standing
from services.referrals.domain.referral_states import ReferralCommand
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import WorkSource
from services.referrals.use_cases.referral_ports import ReferralAsked, ReferralRules, ReferralWork
from services.referrals.use_cases.referral_turn import announce, take_referral_turn
from shared.clock import Clock
from shared.identifiers import new_id


async def unaccept_referral(
    referral_id: UUID,
    *,
    said: Said,
    asked: ReferralAsked,
    works: WorkSource[ReferralWork],
    rules: ReferralRules,
    clock: Clock,
    once: Once,
) -> Referral:
    """The failed referral; the new one `follows` it, asked of the same team or waiting with the requester as a draft.

    Raises NotFound, IllegalMove, NotYours, InvalidField, Stale.
    """

    def decide(standing: Standing, at: Moment) -> tuple[Referral, ReferralStep]:
        model = rules.models.choose(standing.referral.model)
        return commands.move_referral(standing, ReferralCommand.UNACCEPT, said=said, model=model, at=at)

    async def ask_again(work: ReferralWork, standing: Standing, failed: Referral, at: Moment) -> Referral:
        fresh = again(
            standing.referral,
            referral_id=new_id(),
            model=rules.models.choose(failed.model),
            calendar=rules.calendar_of(standing.programme),
            at=at,
        )
        step = first_step(fresh, by=asked.by.worker_id, at=at)
        work.referrals.add(fresh, step)
        announce(work, fresh, step)
        return failed

    return await take_referral_turn(
        referral_id, decide, asked=asked, works=works, clock=clock, once=once, then=ask_again
    )
