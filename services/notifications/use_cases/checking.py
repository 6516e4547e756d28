"""The check that comes before every telling, the same for the inbox and for messages (invariant I8)."""

from collections.abc import Sequence

from services.notifications.domain.codes import DeliveryCode, DeliveryState, ItemKind
from services.notifications.domain.errors import EntitlementUnknown
from services.notifications.domain.outcomes import Settled
from services.notifications.domain.sending import (
    RECHECK_AFTER,
    LeasedDelivery,
    SendingVerdict,
    SendNow,
    Stop,
    Suppress,
    Wait,
    decide,
    decide_item,
)
from services.notifications.use_cases.ports import Deliveries, Entitlements
from shared.clock import Clock
from shared.contracts.entitlements import EntitlementAnswer, EntitlementQuestion


async def verdicts(
    claimed: Sequence[LeasedDelivery], *, deliveries: Deliveries, entitlements: Entitlements, clock: Clock
) -> list[tuple[LeasedDelivery, SendingVerdict]]:
    """What may be done with each message now; all wait where referrals gave no usable answer."""
    answers = await _answers(claimed, entitlements=entitlements)
    if answers is None:
        return _all_wait(claimed, clock=clock)
    standings = await deliveries.standings(claimed)
    now = clock.now()
    return [
        (delivery, decide(delivery, answer=answer, standing=standings[delivery.delivery_id], now=now))
        for delivery, answer in zip(claimed, answers, strict=True)
    ]


async def item_verdicts(
    leased: Sequence[LeasedDelivery], *, entitlements: Entitlements, clock: Clock
) -> list[tuple[LeasedDelivery, SendingVerdict]]:
    """Which items may be shown now; all wait where referrals gave no usable answer."""
    answers = await _answers(leased, entitlements=entitlements)
    if answers is None:
        return _all_wait(leased, clock=clock)
    return [(delivery, decide_item(delivery, answer=answer)) for delivery, answer in zip(leased, answers, strict=True)]


async def _answers(
    leased: Sequence[LeasedDelivery], *, entitlements: Entitlements
) -> Sequence[EntitlementAnswer] | None:
    try:
        return await entitlements.ask([_question(delivery) for delivery in leased])
    except EntitlementUnknown:
        return None


def _all_wait(leased: Sequence[LeasedDelivery], *, clock: Clock) -> list[tuple[LeasedDelivery, SendingVerdict]]:
    later = Wait(clock.now() + RECHECK_AFTER, DeliveryCode.ENTITLEMENT_UNKNOWN)
    return [(delivery, later) for delivery in leased]


def settled(verdict: SendingVerdict) -> Settled:
    """The state that a verdict alone leads to; for the inbox, being allowed to show an item is to have delivered it."""
    match verdict:
        case SendNow():
            return Settled(DeliveryState.DELIVERED, attempted=True)
        case Suppress(code):
            return Settled(DeliveryState.SUPPRESSED, code)
        case Wait(until, code):
            return Settled(DeliveryState.RETRY, code, until)
        case Stop(reason):
            return Settled(DeliveryState.CANCELLED, reason)


def _question(delivery: LeasedDelivery) -> EntitlementQuestion:
    return EntitlementQuestion(
        tenant_id=delivery.tenant_id,
        worker_id=delivery.worker_id,
        subject_kind=delivery.subject_kind,
        subject_id=delivery.subject_id,
        overdue=delivery.kind is ItemKind.STEP_OVERDUE,
        clock_id=delivery.clock_id,
    )
