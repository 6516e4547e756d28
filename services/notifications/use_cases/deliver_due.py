"""Show the inbox items that are due. Safe in any number of processes: every row is leased, and every check is made again."""

from datetime import timedelta

from services.notifications.domain.codes import Channel
from services.notifications.use_cases.checking import settled, verdicts
from services.notifications.use_cases.ports import Deliveries, Entitlements
from services.notifications.use_cases.settle_deliveries import Round, settle_deliveries
from shared.clock import Clock

INBOX_BATCH = 200
INBOX_LEASE = timedelta(seconds=8)
"""Under two sweep intervals, so that a worker that died holding it delays nobody for longer (invariant I9)."""


async def deliver_due(*, deliveries: Deliveries, entitlements: Entitlements, clock: Clock) -> Round:
    """Claim one batch of items, ask who may still be told, and show those that may be shown."""
    claimed = await deliveries.claim(Channel.INBOX, limit=INBOX_BATCH, now=clock.now(), lease=INBOX_LEASE)
    if not claimed:
        return Round(0)
    found = await verdicts(claimed, deliveries=deliveries, entitlements=entitlements, clock=clock)
    outcomes = [(delivery, settled(verdict)) for delivery, verdict in found]
    changed, announced = await settle_deliveries(outcomes, deliveries=deliveries, clock=clock)
    return Round(len(claimed), changed, announced)
