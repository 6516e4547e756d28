"""Turn a draft into a request of somebody, by the rules of its model."""

from dataclasses import dataclass, replace

from services.referrals.domain.actor import Actor
from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.referral import Referral, ReferralStep
from services.referrals.domain.referral_address import ReferralSurroundings, ReferralWish, intent_of
from services.referrals.domain.referral_beginning import address, assign, first_step
from services.referrals.use_cases.judge_referral import judge_referral
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import ScopeGuard
from services.referrals.use_cases.referral_ports import ReferralDesk, ReferralRules
from shared.clock import Clock


@dataclass(frozen=True, kw_only=True)
class Referring:
    """What referring works with: our tables, the scope guard, the models and the clock."""

    desk: ReferralDesk
    guard: ScopeGuard
    rules: ReferralRules
    clock: Clock


async def address_referral(
    draft: Referral,
    wish: ReferralWish,
    *,
    around: ReferralSurroundings,
    by: Actor,
    tools: Referring,
    once: Once,
    at: Moment,
) -> tuple[Referral, tuple[ReferralStep, ...]]:
    """The requested referral and its steps; assigned at once where its model does so. The scope guard is asked outside
    any transaction.

    Raises NotFound, InvalidField, NotPermitted.
    """
    assert around.programme is not None, "a draft has a programme"
    requester = by.acting_worker()
    model = tools.rules.models.choose(draft.model)
    calendar = tools.rules.calendar_of(around.programme)
    requested = address(draft, wish, around=around, model=model, calendar=calendar, at=at)
    steps = (first_step(requested, by=requester, at=at),)
    worker_id = requested.owner_worker_id
    if worker_id is not None and requested.asks.anything:
        asks = await judge_referral(
            requested,
            worker_id=worker_id,
            by=by,
            assigner_worker_id=requester,
            desk=tools.desk,
            guard=tools.guard,
            clock=tools.clock,
            once=once,
        )
        requested = replace(requested, asks=asks)
    if not model.assignment.direct(intent_of(wish, around)):
        return requested, steps
    assigned, step = assign(requested, model=model, time_zone=around.programme.time_zone, by=requester, at=at)
    return assigned, (*steps, step)
