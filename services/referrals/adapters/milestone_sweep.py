"""Marks overdue milestones, tenant by tenant: a line on the timeline and a fact for whoever looks at it, in one commit."""

from datetime import datetime
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.referrals.adapters.handoff_tables import handoff_facts, handoff_milestones, handoffs, transitions
from services.referrals.adapters.roster import on_duty
from services.referrals.adapters.tables import outbox, programmes
from services.referrals.domain.handoff_facts import FactKind
from services.referrals.domain.protocols import EscalationRole
from shared.contracts.codes import MilestoneCode, Service
from shared.contracts.events import Event, EventType, MilestoneMissed
from shared.database import transaction
from shared.identifiers import new_id
from shared.outbox import new_event, outbox_rows

_RUNNING = sa.and_(
    handoff_milestones.c.met_at.is_(None),
    handoff_milestones.c.missed_at.is_(None),
    handoff_milestones.c.lifted_at.is_(None),
)

_LOOKS = sa.case(
    (handoff_milestones.c.escalate_to == EscalationRole.SENDER.value, transitions.c.origin_worker_id),
    (
        handoff_milestones.c.escalate_to == EscalationRole.ACCEPTOR.value,
        sa.func.coalesce(handoffs.c.accepted_by, transitions.c.owner_worker_id),
    ),
    (handoff_milestones.c.escalate_to == EscalationRole.DUTY_OWNER.value, on_duty(programmes)),
    else_=transitions.c.owner_worker_id,
)
"""The person behind the role, now."""


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
            .where(
                table.c.tenant_id == tenant_id,
                table.c.handoff_id == due.c.handoff_id,
                table.c.code == due.c.code,
                _belongs(handoffs, table.c.handoff_id),
                _belongs(transitions, handoffs.c.transition_id),
                _belongs(programmes, transitions.c.programme_id),
            )
            .values(missed_at=now)
            .returning(
                table.c.handoff_id,
                table.c.code,
                table.c.due_at,
                table.c.escalate_to,
                handoffs.c.transition_id,
                _LOOKS.label("worker_id"),
            )
        )
        async with transaction(self._engine, tenant_id=tenant_id) as connection:
            marked = (await connection.execute(mark)).all()
            await _keep(connection, marked, tenant_id=tenant_id, now=now)
        return len(marked)


def _belongs(table: sa.Table, column: sa.Column[Any]) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.tenant_id == column.table.c.tenant_id, table.c.id == column)


async def _keep(connection: AsyncConnection, marked: Any, *, tenant_id: UUID, now: datetime) -> None:
    if not marked:
        return
    await connection.execute(sa.insert(handoff_facts), [_line(tenant_id, row, now=now) for row in marked])
    events = [_event(tenant_id, row, now=now) for row in marked if row.escalate_to is not None]
    if events:
        await connection.execute(sa.insert(outbox), outbox_rows(events))


def _line(tenant_id: UUID, row: Any, *, now: datetime) -> dict[str, object]:
    return {
        "tenant_id": tenant_id,
        "handoff_id": row.handoff_id,
        "id": new_id(),
        "kind": FactKind.MILESTONE_MISSED.value,
        "version": 0,
        "worker_id": row.worker_id if row.escalate_to is not None else None,
        "code": row.code,
        "occurred_at": row.due_at,
        "recorded_at": now,
    }


def _event(tenant_id: UUID, row: Any, *, now: datetime) -> Event:
    return new_event(
        source=Service.REFERRALS,
        type=EventType.MILESTONE_MISSED,
        subject=uuid5(NAMESPACE_OID, f"{row.handoff_id}/{row.code}"),
        data=MilestoneMissed(
            tenant_id=tenant_id,
            version=int(row.due_at.timestamp()),
            occurred_at=row.due_at,
            recorded_at=now,
            handoff_id=row.handoff_id,
            transition_id=row.transition_id,
            milestone=MilestoneCode(row.code.partition(".")[0]),
            due_at=row.due_at,
            escalate_to=row.escalate_to,
            worker_id=row.worker_id,
        ),
    )
