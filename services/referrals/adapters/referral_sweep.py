"""Marks requests that nobody has answered in time, tenant by tenant, with history and fact in the same commit."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.referrals.adapters import referral_rows as rows
from services.referrals.adapters.pending_work import PendingWork
from services.referrals.adapters.referral_queries import read_referral
from services.referrals.adapters.referral_tables import referral_history, referrals
from services.referrals.adapters.row_writer import insert_rows
from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.referral_commands import mark_overdue
from services.referrals.domain.referral_facts import referral_fact
from shared.contracts.events import EventType
from shared.database import transaction

_SILENT = sa.and_(referrals.c.status == sa.literal_column("'requested'"), referrals.c.overdue_at.is_(None))


class ReferralSweep:
    """Safe to run in any number of processes at once: each row is locked by one, and marked once."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def mark_overdue(self, *, now: datetime, limit: int) -> int:
        """Mark up to `limit` of each tenant that has some; how many in all."""
        return sum([await self._mark(tenant_id, now=now, limit=limit) for tenant_id in await self._tenants(now)])

    async def _tenants(self, now: datetime) -> list[UUID]:
        due = sa.select(referrals.c.tenant_id).where(_SILENT, referrals.c.overdue_after < now).distinct()
        async with transaction(self._engine, tenant_id=None) as connection:
            return list((await connection.execute(due)).scalars())

    async def _mark(self, tenant_id: UUID, *, now: datetime, limit: int) -> int:
        async with transaction(self._engine, tenant_id=tenant_id) as connection:
            due = (
                sa.select(referrals.c.id)
                .where(referrals.c.tenant_id == tenant_id, _SILENT, referrals.c.overdue_after < now)
                .order_by(referrals.c.overdue_after)
                .limit(limit)
                .with_for_update(skip_locked=True)
            )
            found = list((await connection.execute(due)).scalars())
            pending = PendingWork(tenant_id=tenant_id)
            marked = [await _mark_one(connection, pending, referral_id, now=now) for referral_id in found]
            await insert_rows(connection, pending.rows(), tenant_id=tenant_id)
        return sum(marked)


async def _mark_one(connection: AsyncConnection, pending: PendingWork, referral_id: UUID, *, now: datetime) -> bool:
    at = Moment(occurred_at=now, recorded_at=now)
    marked = mark_overdue(await read_referral(connection, referral_id, tenant_id=pending.tenant_id), at=at)
    if marked is None:
        return False
    referral, step = marked
    await connection.execute(
        sa.update(referrals)
        .where(referrals.c.tenant_id == pending.tenant_id, referrals.c.id == referral_id)
        .values(version=referral.version, overdue_at=referral.overdue_at)
    )
    pending.write_later(referral_history, rows.step_row(step))
    pending.announce(EventType.REFERRAL_STATUS_CHANGED, subject=referral_id, data=referral_fact(referral, step))
    return True
