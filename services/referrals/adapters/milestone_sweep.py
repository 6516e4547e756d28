"""Marks overdue milestones, tenant by tenant: a line on the timeline and a fact for whoever looks at it, in one commit."""

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from services.referrals.adapters.handoff_tables import handoff_milestones, handoffs, transitions
from services.referrals.adapters.missed_facts import Overdue, keep_missed
from services.referrals.adapters.roster import on_duty
from services.referrals.adapters.tables import programmes
from services.referrals.domain.protocols import EscalationRole
from shared.contracts.codes import MilestoneCode
from shared.database import transaction
from shared.logs import get_logger, where

LANES = 3
"""Batches on their way at once in one process, so that this process and the database work side by side."""

_RUNNING = sa.and_(
    handoff_milestones.c.met_at.is_(None),
    handoff_milestones.c.missed_at.is_(None),
    handoff_milestones.c.lifted_at.is_(None),
)

_CODE = sa.func.split_part(handoff_milestones.c.code, sa.literal_column("'.'"), sa.literal_column("1"))
_KNOWN = tuple(code.value for code in MilestoneCode)
"""A row with another code, of a newer version perhaps, waits unmarked for whoever can say what it is."""

_log = get_logger()


class MilestoneSweep:
    """Safe to run in any number of processes at once: each row is locked by one, and marked once."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._reported: set[tuple[UUID, str]] = set()

    async def mark_missed(self, *, now: datetime, limit: int) -> int:
        """Mark up to `limit` milestones in each lane of each tenant that has some due; how many in all.

        A tenant whose milestones cannot be marked is logged each time, and keeps no other waiting.
        """
        marked = 0
        for tenant_id in await self._tenants(now):
            try:
                marked += await self._mark_all(tenant_id, now=now, limit=limit)
            except* Exception as failed:  # noqa: BLE001 - logged, and the rows stay due for the next sweep
                for error in failed.exceptions:
                    _log.error(
                        "milestones_not_marked",
                        tenant_id=str(tenant_id),
                        error_type=type(error).__name__,
                        where=where(error),
                    )
        return marked

    async def _tenants(self, now: datetime) -> list[UUID]:
        due = (
            sa.select(handoff_milestones.c.tenant_id, _CODE.label("code"))
            .where(_RUNNING, handoff_milestones.c.due_at < now)
            .distinct()
        )
        async with transaction(self._engine, tenant_id=None) as connection:
            found = {(row.tenant_id, row.code) for row in await connection.execute(due)}
        unknown = {(tenant_id, code) for tenant_id, code in found if code not in _KNOWN}
        for tenant_id, code in sorted(unknown - self._reported):
            _log.error("milestone_code_unknown", tenant_id=str(tenant_id), reason=code)
        self._reported = unknown
        return sorted({tenant_id for tenant_id, _ in found - unknown})

    async def _mark_all(self, tenant_id: UUID, *, now: datetime, limit: int) -> int:
        async with asyncio.TaskGroup() as group:  # if one lane fails, the others roll back before this is left
            lanes = [group.create_task(self._mark(tenant_id, now=now, limit=limit)) for _ in range(LANES)]
        return sum(lane.result() for lane in lanes)

    async def _mark(self, tenant_id: UUID, *, now: datetime, limit: int) -> int:
        asked = {"of_tenant": tenant_id, "now": now, "limit": limit}
        async with transaction(self._engine, tenant_id=tenant_id) as connection:
            marked = [Overdue(*row) for row in await connection.execute(_MARK, asked)]
            if marked:
                await keep_missed(connection, marked, tenant_id=tenant_id, now=now)
        return len(marked)


def _marking() -> sa.Update:
    """One statement: lock what is due, find out once for each programme who is on duty, mark, and say who looks at it."""
    table, tenant_id = handoff_milestones, sa.bindparam("of_tenant", type_=sa.Uuid)
    now = sa.bindparam("now", type_=sa.DateTime(timezone=True))
    due = (
        sa.select(
            table.c.handoff_id,
            table.c.code,
            handoffs.c.transition_id,
            handoffs.c.accepted_by,
            transitions.c.origin_worker_id,
            transitions.c.owner_worker_id,
            transitions.c.programme_id,
        )
        .where(
            table.c.tenant_id == tenant_id,
            _RUNNING,
            _CODE.in_(_KNOWN),
            table.c.due_at < now,
            _belongs(handoffs, table.c.handoff_id),
            _belongs(transitions, handoffs.c.transition_id),
        )
        .order_by(table.c.due_at)
        .limit(sa.bindparam("limit", type_=sa.Integer))
        .with_for_update(of=table, skip_locked=True)
        .cte("due")
    )
    duty = (
        sa.select(programmes.c.id, on_duty(programmes).label("worker_id"))
        .where(programmes.c.tenant_id == tenant_id, programmes.c.id.in_(sa.select(due.c.programme_id)))
        .cte("duty")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    looks = sa.case(
        (table.c.escalate_to == EscalationRole.SENDER.value, due.c.origin_worker_id),
        (
            table.c.escalate_to == EscalationRole.ACCEPTOR.value,
            sa.func.coalesce(due.c.accepted_by, due.c.owner_worker_id),
        ),
        (table.c.escalate_to == EscalationRole.DUTY_OWNER.value, duty.c.worker_id),
        else_=due.c.owner_worker_id,
    )
    return (
        sa.update(table)
        .where(
            table.c.tenant_id == tenant_id,
            table.c.handoff_id == due.c.handoff_id,
            table.c.code == due.c.code,
            duty.c.id == due.c.programme_id,
        )
        .values(missed_at=now)
        .returning(
            table.c.handoff_id,
            table.c.code,
            table.c.due_at,
            table.c.escalate_to,
            due.c.transition_id,
            looks,
            table.c.resets,
        )
    )


def _belongs(table: sa.Table, column: sa.Column[Any]) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.tenant_id == column.table.c.tenant_id, table.c.id == column)


_MARK = _marking()
