"""Offers past their time, on PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.notifications.adapters.tables import items, outbox
from services.notifications.use_cases.ports import SilentOffer
from shared.contracts.codes import Service
from shared.contracts.events import EventData, EventType
from shared.database import transaction
from shared.outbox import append, new_event


class PostgresNoticing:
    """The NoticingSilence port: mark and announce in one commit, so that each offer is announced once."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def take_due(self, *, now: datetime, limit: int) -> list[SilentOffer]:
        """`exhausted_at` is written once; rows that another sweep, or an arriving answer, holds are left to it."""
        due = (
            sa.select(items.c.tenant_id, items.c.item_id)
            .where(
                items.c.respond_by.is_not(None),
                items.c.respond_by <= now,
                items.c.ended_version.is_(None),
                items.c.exhausted_at.is_(None),
            )
            .order_by(items.c.respond_by)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("due")
        )
        taken = (
            sa.update(items)
            .where(items.c.tenant_id == due.c.tenant_id, items.c.item_id == due.c.item_id)
            .values(exhausted_at=now)
            .returning(items)
        )
        rows = (await self._connection.execute(taken)).all()
        return [
            SilentOffer(
                tenant_id=row.tenant_id,
                handoff_id=row.subject_id,
                offer_number=row.occasion,
                worker_id=row.worker_id,
                ladder=row.ladder,
                subject_version=row.subject_version,
            )
            for row in rows
        ]

    async def announce(self, event: EventType, *, subject: UUID, facts: EventData) -> None:
        """Into the outbox, in this commit."""
        fact = new_event(source=Service.NOTIFICATIONS, type=event, subject=subject, data=facts)
        await append(self._connection, outbox, [fact])


class PostgresSilences:
    """The Silences port."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @asynccontextmanager
    async def noticing(self) -> AsyncIterator[PostgresNoticing]:
        """One transaction over all tenants, as a sweep's claim may be."""
        async with transaction(self._engine, tenant_id=None) as connection:
            yield PostgresNoticing(connection)
