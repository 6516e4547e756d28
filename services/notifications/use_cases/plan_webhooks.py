"""Plan a call for every fact that other systems asked to hear of. Apart from the events' own way, which it must not slow."""

from services.notifications.use_cases.webhook_ports import Calls
from shared.clock import Clock

BATCH = 1000


async def plan_webhooks(*, calls: Calls, clock: Clock) -> int:
    """How many calls were planned. Repeating it, at the same time too, plans nothing twice."""
    return await calls.plan(now=clock.now(), limit=BATCH)
