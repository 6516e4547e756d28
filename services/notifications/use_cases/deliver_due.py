"""Show inbox items. Safe in any number of processes: every row is leased, and who may be told is asked again each time."""

from collections.abc import Sequence

from services.notifications.domain.codes import Channel
from services.notifications.domain.sending import INBOX_LEASE, LeasedDelivery
from services.notifications.use_cases.checking import item_verdicts, settled
from services.notifications.use_cases.ports import Deliveries, Entitlements
from services.notifications.use_cases.settle_deliveries import Round, settle_deliveries
from shared.clock import Clock

INBOX_BATCH = 200


async def deliver_due(*, deliveries: Deliveries, entitlements: Entitlements, clock: Clock) -> Round:
    """Claim one batch of items that are due, and show those that may be shown."""
    claimed = await deliveries.claim(Channel.INBOX, limit=INBOX_BATCH, now=clock.now(), lease=INBOX_LEASE)
    return await show_items(claimed, deliveries=deliveries, entitlements=entitlements, clock=clock)


async def show_items(
    leased: Sequence[LeasedDelivery], *, deliveries: Deliveries, entitlements: Entitlements, clock: Clock
) -> Round:
    """Ask who may still be told, and show the items of those. One whose lease is not ours (any more) is left alone."""
    if not leased:
        return Round(0)
    found = await item_verdicts(leased, entitlements=entitlements, clock=clock)
    outcomes = [(delivery, settled(verdict)) for delivery, verdict in found]
    changed, announced = await settle_deliveries(outcomes, deliveries=deliveries, clock=clock)
    return Round(len(leased), changed, announced)
