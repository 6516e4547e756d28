"""Send what is due on one channel. Safe in any number of processes: every row is leased, and every check is made again."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from services.notifications.domain.codes import Channel, DeliveryCode, DeliveryState
from services.notifications.domain.errors import EntitlementUnknown
from services.notifications.domain.outcomes import Settled, after
from services.notifications.domain.sending import (
    RECHECK_AFTER,
    LeasedDelivery,
    SendingVerdict,
    SendNow,
    Standing,
    Stop,
    Suppress,
    Wait,
    decide,
)
from services.notifications.domain.wording import outbound
from services.notifications.use_cases.ports import Deliveries, Entitlements, Message, MessageChannel, Recipient
from services.notifications.use_cases.settle_deliveries import settle_deliveries
from shared.clock import Clock
from shared.contracts.entitlements import EntitlementAnswer, EntitlementQuestion

INBOX_BATCH = 200
INBOX_LEASE = timedelta(seconds=8)
"""Under two sweep intervals, so that a worker that died holding it delays nobody for longer (invariant I9)."""
EMAIL_BATCH = 40
EMAIL_LEASE = timedelta(seconds=90)
SEND_BUDGET = timedelta(seconds=30)
"""No message is begun when less than this is left of its lease: somebody else might begin it too."""
AT_ONCE = 8

Bundle = list[tuple[LeasedDelivery, str]]


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did: how many deliveries it took, whose inbox changed, whether facts wait in the outbox."""

    taken: int
    changed: set[Recipient] = field(default_factory=set)
    announced: bool = False


async def deliver_due(
    channel: Channel,
    *,
    deliveries: Deliveries,
    entitlements: Entitlements,
    sender: MessageChannel,
    clock: Clock,
) -> Round:
    """Claim one batch, ask who may still be told, send, and record each outcome."""
    is_inbox = channel is Channel.INBOX
    claimed = await deliveries.claim(
        channel,
        limit=INBOX_BATCH if is_inbox else EMAIL_BATCH,
        now=clock.now(),
        lease=INBOX_LEASE if is_inbox else EMAIL_LEASE,
    )
    if not claimed:
        return Round(0)
    try:
        answers = await entitlements.ask([_question(delivery) for delivery in claimed])
    except EntitlementUnknown:
        waiting = _settled(Wait(clock.now() + RECHECK_AFTER, DeliveryCode.ENTITLEMENT_UNKNOWN))
        outcomes = [(delivery, waiting) for delivery in claimed]
    else:
        standings = await deliveries.standings(claimed)
        outcomes = await _carry_out(claimed, answers=answers, standings=standings, sender=sender, clock=clock)
    changed, announced = await settle_deliveries(outcomes, deliveries=deliveries, clock=clock)
    return Round(len(claimed), changed, announced)


async def _carry_out(
    claimed: Sequence[LeasedDelivery],
    *,
    answers: Sequence[EntitlementAnswer],
    standings: Mapping[UUID, Standing],
    sender: MessageChannel,
    clock: Clock,
) -> list[tuple[LeasedDelivery, Settled]]:
    now = clock.now()
    outcomes: list[tuple[LeasedDelivery, Settled]] = []
    bundles: dict[tuple[UUID, UUID], Bundle] = defaultdict(list)
    for delivery, answer in zip(claimed, answers, strict=True):
        verdict = decide(delivery, answer=answer, standing=standings[delivery.delivery_id], now=now)
        if isinstance(verdict, SendNow) and verdict.address is not None:
            # One message for everything that one worker is to be told now.
            bundles[delivery.tenant_id, delivery.worker_id].append((delivery, verdict.address))
        else:
            outcomes.append((delivery, _settled(verdict)))
    limit = asyncio.Semaphore(AT_ONCE)

    async def send(bundle: Bundle) -> list[tuple[LeasedDelivery, Settled]]:
        async with limit:
            return await _send(bundle, sender=sender, clock=clock)

    for sent in await asyncio.gather(*(send(bundle) for bundle in bundles.values())):
        outcomes.extend(sent)
    return outcomes


async def _send(bundle: Bundle, *, sender: MessageChannel, clock: Clock) -> list[tuple[LeasedDelivery, Settled]]:
    oldest, address = min(bundle, key=lambda entry: entry[0].delivery_id)
    if clock.now() + SEND_BUDGET > oldest.leased_until:
        later = _settled(Wait(clock.now(), DeliveryCode.TIMED_OUT))
        return [(delivery, later) for delivery, _ in bundle]
    # Several steps of one ladder may be due together after an outage: they tell of one item, so it counts once.
    kinds = {delivery.item_id: delivery.kind for delivery, _ in bundle}
    message = Message(message_id=oldest.delivery_id, address=address, words=outbound(kinds.values()))
    outcome = await sender.send(message)
    return [(delivery, after(outcome, attempts=delivery.attempts, now=clock.now())) for delivery, _ in bundle]


def _settled(verdict: SendingVerdict) -> Settled:
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
    )
