"""Have calls made again: one of them, or those of a time. The other side knows a repeat by its `webhook-id`."""

from datetime import datetime, timedelta
from uuid import UUID

from services.notifications.domain.errors import EndpointInvalid, EndpointNotFound
from services.notifications.use_cases.webhook_ports import Calls, Endpoints
from shared.clock import Clock

LONGEST = timedelta(days=7)
MOST = 10_000


async def replay_calls(tenant_id: UUID, endpoint_id: UUID, *, call_id: UUID, calls: Calls, clock: Clock) -> None:
    """Once more, as if it had never been tried. Raises EndpointNotFound."""
    if not await calls.replay_one(tenant_id, endpoint_id, call_id=call_id, now=clock.now()):
        raise EndpointNotFound()


async def replay_time(
    tenant_id: UUID,
    endpoint_id: UUID,
    *,
    since: datetime,
    until: datetime,
    calls: Calls,
    endpoints: Endpoints,
    clock: Clock,
) -> int:
    """Every fact that reached us from `since` until before `until`, seven days at most; how many (10,000 at most)."""
    if not since < until <= since + LONGEST:
        raise EndpointInvalid("until", "time_too_long")
    async with endpoints.changing(tenant_id, endpoint_id) as work:
        endpoint = work.endpoint
    return await calls.replay_between(endpoint, since=since, until=until, now=clock.now(), limit=MOST)
