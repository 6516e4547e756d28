"""The list of refused assignments, for those who watch the boundary."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from services.scope_guard.api.dependencies import Guard, tenant_of
from services.scope_guard.api.schemas import Instant, RuleId, boundary_view
from services.scope_guard.use_cases.list_boundary_events import list_boundary_events
from services.scope_guard.use_cases.ports import BoundaryFilter, BoundaryPosition
from shared.contracts.codes import AccessRole
from shared.contracts.paging import Page
from shared.contracts.scope import BoundaryEventView
from shared.contracts.tokens import TokenClaims
from shared.paging import DEFAULT_PAGE, MAX_PAGE
from shared.tokens import allow

router = APIRouter(prefix="/boundary-events")

_Watcher = Annotated[TokenClaims, Depends(allow(AccessRole.SUPERVISOR, AccessRole.ADMINISTRATOR))]


@router.get("")
async def get_boundary_events(
    guard: Guard,
    claims: _Watcher,
    rule: RuleId | None = None,
    team_id: UUID | None = None,
    assigner_worker_id: UUID | None = None,
    since: Annotated[Instant | None, Query(alias="from")] = None,
    until: Annotated[Instant | None, Query(alias="to")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = DEFAULT_PAGE,
    cursor: str | None = None,
) -> Page[BoundaryEventView]:
    """Newest first by `occurred_at`; `from` is inclusive, `to` exclusive."""
    after = None
    if cursor is not None:
        place = guard.cursors.decode(cursor)
        after = BoundaryPosition(datetime.fromisoformat(place["occurred_at"]), UUID(place["boundary_event_id"]))
    page = await list_boundary_events(
        BoundaryFilter(rule_id=rule, team_id=team_id, assigner_worker_id=assigner_worker_id, since=since, until=until),
        tenant_id=tenant_of(claims, named=None, pointer=""),
        after=after,
        limit=limit,
        events=guard.events,
    )
    following = page.next_position
    next_cursor = None
    if following is not None:
        next_cursor = guard.cursors.encode(
            {
                "occurred_at": following.occurred_at.isoformat(),
                "boundary_event_id": str(following.boundary_event_id),
            }
        )
    return Page(items=[boundary_view(event) for event in page.items], next_cursor=next_cursor)
