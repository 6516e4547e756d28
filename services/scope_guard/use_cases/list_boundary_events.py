"""List refused assignments for those who watch the boundary."""

from dataclasses import dataclass
from uuid import UUID

from services.scope_guard.domain.decision_log import BoundaryEvent
from services.scope_guard.use_cases.ports import BoundaryEvents, BoundaryFilter, BoundaryPosition


@dataclass(frozen=True)
class BoundaryPage:
    """One page, newest first; `next_position` is None on the last one."""

    items: tuple[BoundaryEvent, ...]
    next_position: BoundaryPosition | None


async def list_boundary_events(
    chosen: BoundaryFilter, *, tenant_id: UUID, after: BoundaryPosition | None, limit: int, events: BoundaryEvents
) -> BoundaryPage:
    """Up to `limit` events of one tenant after a position."""
    found = await events.page(chosen, tenant_id=tenant_id, after=after, limit=limit + 1)
    items = tuple(found[:limit])
    if len(found) <= limit:
        return BoundaryPage(items=items, next_position=None)
    last = items[-1]
    return BoundaryPage(items=items, next_position=BoundaryPosition(last.occurred_at, last.boundary_event_id))
