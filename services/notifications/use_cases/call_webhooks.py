"""Call other systems: signed, ids and codes only. An endpoint is visited by one worker at a time, and none waits for another."""

import asyncio
import json
from dataclasses import replace
from datetime import datetime, timedelta

from services.notifications.domain.endpoints import EndpointState, after_call, after_calls
from services.notifications.domain.errors import EndpointNotFound
from services.notifications.domain.outcomes import Outcome
from services.notifications.domain.signatures import endpoint_secret, webhook_headers
from services.notifications.use_cases.webhook_ports import (
    Call,
    Calls,
    Endpoints,
    Visit,
    WebhookChannel,
    WebhookMessage,
)
from shared.clock import Clock

ENDPOINTS_AT_ONCE, CALLS_AT_ONCE = 4, 5
LEASE = timedelta(seconds=60)
"""Well over the longest that one visit can last: calls of a visit are made at once, each within the channel's deadline."""
BY_US = "notifications"


async def call_webhooks(
    *, calls: Calls, endpoints: Endpoints, channel: WebhookChannel, webhook_key: bytes, clock: Clock
) -> int:
    """Make what calls are due at a few endpoints; how many were made."""
    visits = await calls.visits(now=clock.now(), lease=LEASE, endpoints=ENDPOINTS_AT_ONCE, calls=CALLS_AT_ONCE)
    results = await asyncio.gather(
        *(
            channel.send(_message(call, visit=visit, webhook_key=webhook_key, now=clock.now()))
            for visit in visits
            for call in visit.calls
        )
    )
    outcomes = iter(results)
    for visit in visits:
        made = [(call, next(outcomes)) for call in visit.calls]
        await _record(visit, made=made, calls=calls, endpoints=endpoints, clock=clock)
    return len(results)


async def _record(
    visit: Visit, *, made: list[tuple[Call, Outcome]], calls: Calls, endpoints: Endpoints, clock: Clock
) -> None:
    now, before = clock.now(), visit.endpoint
    settled = [(call, after_call(outcome, attempts=call.attempts, now=now)) for call, outcome in made]
    try:
        async with endpoints.changing(before.tenant_id, before.endpoint_id, lease_token=visit.lease_token) as work:
            changed = after_calls(work.endpoint, outcomes=[outcome for _, outcome in made], now=now)
            newly_paused = changed.state is EndpointState.PAUSED and work.endpoint.state is EndpointState.ACTIVE
            if newly_paused:
                changed = replace(changed, version=changed.version + 1, changed_at=now)
                await work.notify(now=now)
            await work.save(changed, by=BY_US)
            # Settled before the endpoint is free again: whoever takes it next must not find the same calls still due.
            await calls.settle(visit, outcomes=settled, now=now)
    except EndpointNotFound:
        return  # it took too long: somebody else has called meanwhile, and the other side knows the same ids


def _message(call: Call, *, visit: Visit, webhook_key: bytes, now: datetime) -> WebhookMessage:
    endpoint = visit.endpoint
    content = {
        "type": call.event_type,
        "timestamp": call.told_at.isoformat(),
        "data": {"code": "updated_content_available", "subject_id": str(call.subject_id)},
    }
    body = json.dumps(content, separators=(",", ":")).encode()
    secrets = [
        endpoint_secret(
            webhook_key, tenant_id=endpoint.tenant_id, endpoint_id=endpoint.endpoint_id, generation=generation
        )
        for generation in endpoint.generations(now)
    ]
    headers = webhook_headers(f"msg_{call.event_id}", at=now, body=body, secrets=secrets)
    return WebhookMessage(url=endpoint.url, body=body, headers=headers)
