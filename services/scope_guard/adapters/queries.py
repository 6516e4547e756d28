"""Reading lists: boundary events, newest first, by keyset."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from services.scope_guard.adapters.decision_rows import boundary_event
from services.scope_guard.adapters.tables import boundary_events
from services.scope_guard.domain.decision_log import BoundaryEvent
from services.scope_guard.use_cases.ports import BoundaryFilter, BoundaryPosition
from shared.database import transaction


class PostgresBoundaryEvents:
    """`BoundaryEvents` on this service's own database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def page(
        self, chosen: BoundaryFilter, *, tenant_id: UUID, after: BoundaryPosition | None, limit: int
    ) -> list[BoundaryEvent]:
        """Up to `limit` events after a position."""
        events = boundary_events.c
        question = (
            sa.select(boundary_events)
            .where(events.tenant_id == tenant_id)
            .order_by(events.occurred_at.desc(), events.boundary_event_id.desc())
            .limit(limit)
        )
        if chosen.rule_id is not None:
            question = question.where(events.rule_ids.contains([chosen.rule_id]))
        if chosen.team_id is not None:
            question = question.where(events.team_id == chosen.team_id)
        if chosen.assigner_worker_id is not None:
            question = question.where(events.assigner_worker_id == chosen.assigner_worker_id)
        if chosen.since is not None:
            question = question.where(events.occurred_at >= chosen.since)
        if chosen.until is not None:
            question = question.where(events.occurred_at < chosen.until)
        if after is not None:
            place = sa.tuple_(events.occurred_at, events.boundary_event_id)
            question = question.where(place < sa.tuple_(after.occurred_at, after.boundary_event_id))
        async with transaction(self._engine, tenant_id=tenant_id) as connection:
            rows = (await connection.execute(question)).mappings().all()
        return [boundary_event(row) for row in rows]  # type: ignore[arg-type]
