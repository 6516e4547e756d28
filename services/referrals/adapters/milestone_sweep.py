"""Marks overdue milestones, tenant by tenant, with a line on each handoff's timeline in the same statement."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from services.referrals.adapters.handoff_tables import handoff_facts, handoff_milestones
from services.referrals.domain.handoff_facts import FactKind
from shared.database import transaction
from shared.identifiers import new_id

_RUNNING = sa.and_(
    handoff_milestones.c.met_at.is_(None),
    handoff_milestones.c.missed_at.is_(None),
    handoff_milestones.c.lifted_at.is_(None),
)


class MilestoneSweep:
    """Safe to run in any number of processes at once: each row is locked by one, and marked once."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def mark_missed(self, *, now: datetime, limit: int) -> int:
        """Mark up to `limit` milestones of each tenant that has some due; how many in all."""
        return sum([await self._mark(tenant_id, now=now, limit=limit) for tenant_id in await self._tenants(now)])

    async def _tenants(self, now: datetime) -> list[UUID]:
        due = sa.select(handoff_milestones.c.tenant_id).where(_RUNNING, handoff_milestones.c.due_at < now).distinct()
        async with transaction(self._engine, tenant_id=None) as connection:
            return list((await connection.execute(due)).scalars())

    async def _mark(self, tenant_id: UUID, *, now: datetime, limit: int) -> int:
        table = handoff_milestones
        due = (
            sa.select(table.c.handoff_id, table.c.code)
            .where(table.c.tenant_id == tenant_id, _RUNNING, table.c.due_at < now)
            .order_by(table.c.due_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("due")
        )
        mark = (
            sa.update(table)
            .where(table.c.tenant_id == tenant_id, table.c.handoff_id == due.c.handoff_id, table.c.code == due.c.code)
            .values(missed_at=now)
            .returning(table.c.handoff_id, table.c.code, table.c.due_at)
        )
        async with transaction(self._engine, tenant_id=tenant_id) as connection:
            marked = (await connection.execute(mark)).all()
            if marked:
                lines = [_line(tenant_id, row.handoff_id, code=row.code, due_at=row.due_at, now=now) for row in marked]
                await connection.execute(sa.insert(handoff_facts), lines)
        return len(marked)


def _line(tenant_id: UUID, handoff_id: UUID, *, code: str, due_at: datetime, now: datetime) -> dict[str, object]:
    return {
        "tenant_id": tenant_id,
        "handoff_id": handoff_id,
        "id": new_id(),
        "kind": FactKind.MILESTONE_MISSED.value,
        "version": 0,
        "code": code,
        "occurred_at": due_at,
        "recorded_at": now,
    }
