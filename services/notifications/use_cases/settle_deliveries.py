"""Record what became of deliveries, and show the items that may be shown, in one commit per tenant."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from services.notifications.domain.codes import Channel, DeliveryState
from services.notifications.domain.outcomes import Settled, reconsidered
from services.notifications.domain.sending import LeasedDelivery
from services.notifications.use_cases.ports import Deliveries, Recipient, Settling
from shared.clock import Clock
from shared.contracts.events import DeliveryFailed, EventType


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did: how many deliveries it took, whose inbox changed, whether facts wait in the outbox."""

    taken: int
    changed: set[Recipient] = field(default_factory=set)
    announced: bool = False


Outcomes = Sequence[tuple[LeasedDelivery, Settled]]


async def settle_deliveries(outcomes: Outcomes, *, deliveries: Deliveries, clock: Clock) -> tuple[set[Recipient], bool]:
    """Whose inbox changed, and whether something was announced. A lease that was lost to somebody else changes nothing.

    First everything nobody else holds, at once; then what was held (an event about it was being applied), one by one:
    a transaction here never waits while it holds something others may wait for.
    """
    by_tenant: dict[UUID, list[tuple[LeasedDelivery, Settled]]] = defaultdict(list)
    for delivery, settled in outcomes:
        by_tenant[delivery.tenant_id].append((delivery, settled))
    changed: set[Recipient] = set()
    announced = False
    held_back: list[tuple[LeasedDelivery, Settled]] = []
    for tenant_id, mine in by_tenant.items():
        item_ids = [delivery.item_id for delivery, _ in mine]
        async with deliveries.settling(tenant_id, item_ids=item_ids, wait=False) as work:
            held_back += [entry for entry in mine if entry[0].item_id not in work.endings]
            news, facts = await _settle(mine, work=work, clock=clock)
        changed, announced = changed | news, announced or facts
    for entry in held_back:
        delivery = entry[0]
        async with deliveries.settling(delivery.tenant_id, item_ids=[delivery.item_id], wait=True) as work:
            news, facts = await _settle([entry], work=work, clock=clock)
        changed, announced = changed | news, announced or facts
    return changed, announced


async def _settle(outcomes: Outcomes, *, work: Settling, clock: Clock) -> tuple[set[Recipient], bool]:
    now = clock.now()
    final = {
        delivery.delivery_id: (delivery, _final(delivery, settled, work=work))
        for delivery, settled in outcomes
        if delivery.item_id in work.endings
    }
    ours = await work.settle(list(final.values()), now=now)
    written = [final[delivery_id] for delivery_id in ours]
    shown = [delivery for delivery, settled in written if _concerns_item(delivery, settled, DeliveryState.DELIVERED)]
    withheld = [
        delivery for delivery, settled in written if _concerns_item(delivery, settled, DeliveryState.SUPPRESSED)
    ]
    failed = [(delivery, settled) for delivery, settled in written if settled.state is DeliveryState.FAILED]
    if shown:
        await work.show([delivery.item_id for delivery in shown], now=now)
    if withheld:
        await work.withhold([delivery.item_id for delivery in withheld])
    for delivery, settled in failed:
        facts = DeliveryFailed(
            tenant_id=delivery.tenant_id,
            version=delivery.attempts + 1,
            occurred_at=now,
            recorded_at=now,
            delivery_id=delivery.delivery_id,
            worker_id=delivery.worker_id,
            subject_kind=delivery.subject_kind,
            subject_id=delivery.subject_id,
            channel=settled.channel or delivery.channel,
            reason=str(settled.code),
        )
        await work.announce(EventType.DELIVERY_FAILED, subject=delivery.delivery_id, facts=facts)
    return {Recipient(delivery.tenant_id, delivery.worker_id) for delivery in shown}, bool(failed)


def _final(delivery: LeasedDelivery, settled: Settled, *, work: Settling) -> Settled:
    return reconsidered(
        settled,
        channel=delivery.channel,
        end_reason=work.endings[delivery.item_id],
        worker_left=delivery.item_id in work.left,
    )


def _concerns_item(delivery: LeasedDelivery, settled: Settled, state: DeliveryState) -> bool:
    return delivery.channel is Channel.INBOX and settled.state is state
