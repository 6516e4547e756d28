"""Take a referral on: one of those asked wins, everybody else is told who it is."""

from dataclasses import replace
from uuid import UUID

from services.referrals.domain import referral_commands as commands
from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.referral import Asks, Referral, ReferralStep
from services.referrals.domain.referral_commands import Said, Standing
from services.referrals.domain.referral_states import ReferralCommand
from services.referrals.use_cases.address_referral import Referring
from services.referrals.use_cases.judge_referral import judge_referral
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import WorkSource
from services.referrals.use_cases.referral_ports import ReferralAsked, ReferralWork
from services.referrals.use_cases.referral_turn import moment, take_referral_turn

_YES = Said()


async def accept_referral(
    referral_id: UUID,
    *,
    asked: ReferralAsked,
    works: WorkSource[ReferralWork],
    tools: Referring,
    once: Once,
) -> Referral:
    """The accepted referral. What was asked of a team is judged now, for the role of the member who takes it.

    Raises NotFound, IllegalMove, NotYours, WorkerRequired, AlreadyClaimed, NoLongerWaiting, NotPermitted, Stale.
    """
    judged: Asks | None = None
    async with works.begin(asked.by.tenant_id, once=once) as work:
        first = await work.referrals.standing(referral_id, by=asked.by)

    def decide(standing: Standing, at: Moment) -> tuple[Referral, ReferralStep]:
        model = tools.rules.models.choose(standing.referral.model)
        if judged is not None:
            standing = replace(standing, referral=replace(standing.referral, asks=judged))
        return commands.move_referral(standing, ReferralCommand.ACCEPT, said=_YES, model=model, at=at)

    referral = first.referral
    if referral.asks.anything and referral.asks.decision_id is None:
        decide(first, moment(asked, clock=tools.clock))  # whoever could not take it anyway does not trouble the guard
        judged = await judge_referral(
            referral,
            worker_id=first.viewer.working(),
            by=asked.by,
            assigner_worker_id=_asker(referral),
            desk=tools.desk,
            guard=tools.guard,
            clock=tools.clock,
            once=once,
        )
    return await take_referral_turn(referral_id, decide, asked=asked, works=works, clock=tools.clock, once=once)


def _asker(referral: Referral) -> UUID:
    asking = referral.intermediary or referral.requester
    assert asking.worker_id is not None, "a referral is asked for by a worker"
    return asking.worker_id
