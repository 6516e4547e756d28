"""Take a referral on: one of those asked wins, everybody else is told who it is."""

from dataclasses import replace
from uuid import UUID

from services.referrals.domain import referral_commands as commands
from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.referral import Asks, Referral, ReferralStep
from services.referrals.domain.referral_standing import Said, Standing, check_available, check_qualified
from services.referrals.domain.referral_states import ReferralCommand
from services.referrals.use_cases.address_referral import Referring
from services.referrals.use_cases.judge_referral import judge_referral
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import WorkSource
from services.referrals.use_cases.referral_ports import ReferralAsked, ReferralWork
from services.referrals.use_cases.referral_turn import take_referral_turn

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

    Raises NotFound, IllegalMove, NotYours, WorkerRequired, InvalidField for a member of the team who cannot be asked now
    and for a peer without a credential that counts, AlreadyClaimed, NoLongerWaiting, NotPermitted, Stale.
    """
    try:
        return await _take(referral_id, None, asked=asked, works=works, tools=tools, once=once)
    except _Unjudged as found:
        referral, viewer = found.standing.referral, found.standing.viewer
    judged = await judge_referral(
        referral,
        worker_id=viewer.working(),
        by=asked.by,
        assigner_worker_id=_asker(referral),
        desk=tools.desk,
        guard=tools.guard,
        clock=tools.clock,
        once=once,
    )
    return await _take(referral_id, judged, asked=asked, works=works, tools=tools, once=once)


class _Unjudged(Exception):  # noqa: N818 - a fact; ends the transaction, because the guard is asked outside of any
    def __init__(self, standing: Standing) -> None:
        super().__init__("nobody has judged what is asked of this worker")
        self.standing = standing


async def _take(
    referral_id: UUID,
    judged: Asks | None,
    *,
    asked: ReferralAsked,
    works: WorkSource[ReferralWork],
    tools: Referring,
    once: Once,
) -> Referral:
    def decide(standing: Standing, at: Moment) -> tuple[Referral, ReferralStep]:
        referral = standing.referral
        if judged is not None:
            standing = replace(standing, referral=replace(referral, asks=judged))
        model = tools.rules.models.choose(referral.model)
        taken = commands.move_referral(standing, ReferralCommand.ACCEPT, said=_YES, model=model, at=at)
        check_available(standing)
        check_qualified(standing)
        if referral.asks.anything and taken[0].asks.decision_id is None:
            raise _Unjudged(standing)
        return taken

    return await take_referral_turn(referral_id, decide, asked=asked, works=works, clock=tools.clock, once=once)


def _asker(referral: Referral) -> UUID:
    asking = referral.intermediary or referral.requester
    assert asking.worker_id is not None, "a referral is asked for by a worker"
    return asking.worker_id
