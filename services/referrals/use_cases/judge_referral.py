"""Ask the scope guard whether what a referral asks for may be asked of this worker. Only its explicit word permits it."""

from dataclasses import replace
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.assignment import Wish, pose
from services.referrals.domain.referral import Asks, Referral
from services.referrals.domain.referral_errors import NotPermitted
from services.referrals.domain.verdicts import Permitted, weigh
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import ScopeGuard
from services.referrals.use_cases.referral_ports import ReferralDesk
from shared.clock import Clock


async def judge_referral(
    referral: Referral,
    *,
    worker_id: UUID,
    by: Actor,
    assigner_worker_id: UUID,
    desk: ReferralDesk,
    guard: ScopeGuard,
    clock: Clock,
    once: Once,
) -> Asks:
    """What is asked, with the decision that permits it. Raises NotPermitted for everything else, an outage included.

    The request id is made as for tasks: asking the same again finds the same decision, and never leaves a second
    boundary event.
    """
    asks = referral.asks
    wish = Wish(
        programme_id=referral.programme_id,
        assignee_worker_id=worker_id,
        title=asks.text,
        team_id=None if referral.recipient is None else referral.recipient.team_id,
        activity=asks.activity,
        responsibility=asks.responsibility,
        attested_conditions=asks.attested_conditions,
    )
    parties = await desk.judged(wish, by=by, assigner_worker_id=assigner_worker_id)
    repeats = str(referral.id) if once.key is None else f"{once.caller}|{once.route}|{once.key}|{once.body_digest}"
    question = pose(wish, parties=parties, tenant_id=by.tenant_id, repeats=repeats, now=clock.now())
    weighed = weigh(await guard.decide(question), question=question)
    if not isinstance(weighed, Permitted):
        raise NotPermitted(weighed)
    return replace(asks, decision_id=weighed.decision.decision_id, policy_version=weighed.decision.policy_version)
