"""Change how an endpoint stands: rotate its secret, pause it, resume it, remove it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.notifications.domain.endpoints import Endpoint, EndpointState, PauseCode
from services.notifications.domain.errors import EndpointChanged
from services.notifications.use_cases.webhook_ports import Endpoints
from shared.clock import Clock


class EndpointChange(StrEnum):
    """What an administrator can do to an endpoint."""

    ROTATE = "rotate"
    PAUSE = "pause"
    RESUME = "resume"
    REMOVE = "remove"


_CHANGES: dict[EndpointChange, Callable[[Endpoint, datetime], Endpoint]] = {
    EndpointChange.ROTATE: lambda endpoint, now: endpoint.rotated(now),
    EndpointChange.PAUSE: lambda endpoint, now: endpoint.paused(PauseCode.BY_ADMINISTRATOR),
    EndpointChange.RESUME: lambda endpoint, now: endpoint.resumed(),
    EndpointChange.REMOVE: lambda endpoint, now: replace(endpoint, state=EndpointState.REMOVED, pause_code=None),
}


async def change_endpoint(
    tenant_id: UUID,
    endpoint_id: UUID,
    *,
    change: EndpointChange,
    seen_version: int,
    by: str,
    endpoints: Endpoints,
    clock: Clock,
) -> Endpoint:
    """The endpoint after the change. Raises EndpointNotFound, EndpointChanged.

    What happened while it was paused is not sent by itself after it is resumed: replay that time, if it is wanted.
    """
    now = clock.now()
    async with endpoints.changing(tenant_id, endpoint_id) as work:
        if work.endpoint.version != seen_version:
            raise EndpointChanged(work.endpoint.version)
        changed = replace(_CHANGES[change](work.endpoint, now), changed_at=now)
        planned_until = now if change is EndpointChange.RESUME else None
        await work.save(replace(changed, version=seen_version + 1), by=by, planned_until=planned_until)
    return replace(changed, version=seen_version + 1)
