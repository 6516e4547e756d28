"""Deliveries on PostgreSQL: short transactions to claim and to settle, none open while something is sent."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.notifications.adapters.claiming import taking
from services.notifications.adapters.contact_book import has_stopped, points_of
from services.notifications.adapters.tables import contact_points, items, outbox, workers
from services.notifications.adapters.tables import deliveries as table
from services.notifications.domain.codes import Channel, EndReason, ItemKind, ItemState
from services.notifications.domain.outcomes import Settled
from services.notifications.domain.sending import LeasedDelivery, Standing
from shared.contracts.codes import Service, SubjectKind
from shared.contracts.events import EventData, EventType
from shared.database import among, transaction
from shared.identifiers import new_id
from shared.outbox import append, new_event

_SETTLE = sa.text(
    """
    UPDATE deliveries AS d
    SET state = v.state, code = v.code, next_at = v.next_at, attempts = d.attempts + v.attempted,
        lease_token = NULL, changed_at = :now, channel = coalesce(v.channel, d.channel),
        message_id = CASE v.attempted WHEN 1 THEN v.message_id ELSE d.message_id END
    FROM unnest(:ids, :tokens, :states, :codes, :next, :attempted, :messages, :channels)
        AS v (id, token, state, code, next_at, attempted, message_id, channel)
    WHERE d.tenant_id = :tenant_id AND d.delivery_id = v.id AND d.lease_token = v.token AND d.state = 'leased'
    RETURNING d.delivery_id
    """
).bindparams(
    sa.bindparam("ids", type_=ARRAY(sa.Uuid)),
    sa.bindparam("tokens", type_=ARRAY(sa.Uuid)),
    sa.bindparam("states", type_=ARRAY(sa.Text)),
    sa.bindparam("codes", type_=ARRAY(sa.Text)),
    sa.bindparam("next", type_=ARRAY(sa.DateTime(timezone=True))),
    sa.bindparam("attempted", type_=ARRAY(sa.Integer)),
    sa.bindparam("messages", type_=ARRAY(sa.Uuid)),
    sa.bindparam("channels", type_=ARRAY(sa.Text)),
    sa.bindparam("now", type_=sa.DateTime(timezone=True)),
    sa.bindparam("tenant_id", type_=sa.Uuid),
)


class PostgresSettling:
    """The Settling port: one transaction of one tenant."""

    def __init__(
        self,
        connection: AsyncConnection,
        *,
        tenant_id: UUID,
        endings: Mapping[UUID, EndReason | None],
        left: frozenset[UUID],
    ) -> None:
        self._connection = connection
        self._tenant_id = tenant_id
        self.endings = endings
        self.left = left

    async def settle(self, outcomes: Sequence[tuple[LeasedDelivery, Settled]], *, now: datetime) -> frozenset[UUID]:
        """One statement for all; a row whose lease token is another one's by now is not touched."""
        if not outcomes:
            return frozenset()
        values = {
            "tenant_id": self._tenant_id,
            "now": now,
            "ids": [delivery.delivery_id for delivery, _ in outcomes],
            "tokens": [delivery.lease_token for delivery, _ in outcomes],
            "states": [settled.state.value for _, settled in outcomes],
            "codes": [str(settled.code) if settled.code is not None else None for _, settled in outcomes],
            "next": [settled.next_at for _, settled in outcomes],
            "attempted": [int(settled.attempted) for _, settled in outcomes],
            "messages": [settled.message_id for _, settled in outcomes],
            "channels": [settled.channel for _, settled in outcomes],
        }
        return frozenset((await self._connection.execute(_SETTLE, values)).scalars())

    async def show(self, item_ids: Iterable[UUID], *, now: datetime) -> None:
        """Pending items only: an item is shown once."""
        await self._connection.execute(self._pending(item_ids).values(state=ItemState.OPEN.value, opened_at=now))

    async def withhold(self, item_ids: Iterable[UUID]) -> None:
        """Pending items only."""
        await self._connection.execute(self._pending(item_ids).values(state=ItemState.HIDDEN.value))

    async def announce(self, event: EventType, *, subject: UUID, facts: EventData) -> None:
        """Into the outbox, in this commit."""
        fact = new_event(source=Service.NOTIFICATIONS, type=event, subject=subject, data=facts)
        await append(self._connection, outbox, [fact])

    def _pending(self, item_ids: Iterable[UUID]) -> sa.Update:
        return sa.update(items).where(
            items.c.tenant_id == self._tenant_id,
            _is_any_of(items.c.item_id, item_ids),
            items.c.state == ItemState.PENDING.value,
        )


class PostgresDeliveries:
    """The Deliveries port."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def claim(self, channel: Channel, *, limit: int, now: datetime, lease: timedelta) -> list[LeasedDelivery]:
        """`next_at` is when a delivery is due, is tried again, or stops being someone's: one index serves all three."""
        statement, values = taking(channel, limit=limit, now=now, until=now + lease, token=new_id())
        async with transaction(self._engine, tenant_id=None) as connection:
            rows = (await connection.execute(statement, values)).all()
        return [_leased(row) for row in sorted(rows, key=lambda row: row.delivery_id)]

    async def standings(self, deliveries: Sequence[LeasedDelivery]) -> Mapping[UUID, Standing]:
        """One statement: item, worker and contact points as they are now."""
        query = (
            sa.select(
                table.c.delivery_id,
                items.c.state.label("item_state"),
                items.c.ended_reason,
                sa.func.coalesce(workers.c.active, True).label("active"),
                contact_points.c.worker_id.label("contact_worker_id"),
                has_stopped().label("opted_out"),
                *[column for column in contact_points.c if column.name != "worker_id"],
            )
            .select_from(
                table.join(items, _same(table, items, "item_id"))
                .outerjoin(workers, _same(table, workers, "worker_id"))
                .outerjoin(contact_points, _same(table, contact_points, "worker_id"))
            )
            .where(
                among(table.c.tenant_id, table.c.delivery_id, [(one.tenant_id, one.delivery_id) for one in deliveries])
            )
        )
        async with transaction(self._engine, tenant_id=None) as connection:
            rows = (await connection.execute(query)).all()
        return {row.delivery_id: _standing(row) for row in rows}

    @asynccontextmanager
    async def settling(
        self, tenant_id: UUID, *, item_ids: Sequence[UUID], wait: bool
    ) -> AsyncIterator[PostgresSettling]:
        """Items are locked first and in the order of their ids, as by whoever applies events."""
        lock = (
            sa.select(items.c.item_id, items.c.ended_reason, sa.func.coalesce(workers.c.active, True).label("active"))
            .select_from(items.outerjoin(workers, _same(items, workers, "worker_id")))
            .where(items.c.tenant_id == tenant_id, _is_any_of(items.c.item_id, item_ids))
            .order_by(items.c.item_id)
            .with_for_update(skip_locked=not wait, of=items)
        )
        async with transaction(self._engine, tenant_id=tenant_id) as connection:
            rows = (await connection.execute(lock)).all()
            endings = {row.item_id: EndReason(row.ended_reason) if row.ended_reason else None for row in rows}
            left = frozenset(row.item_id for row in rows if not row.active)
            yield PostgresSettling(connection, tenant_id=tenant_id, endings=endings, left=left)


def _is_any_of(column: sa.Column[UUID], ids: Iterable[UUID]) -> sa.ColumnElement[bool]:
    """One array, so that the statement is the same for any number of them."""
    return column == sa.any_(sa.bindparam(None, list(ids), type_=ARRAY(sa.Uuid)))


def _same(one: sa.Table, other: sa.Table, column: str) -> sa.ColumnElement[bool]:
    return sa.and_(one.c.tenant_id == other.c.tenant_id, one.c[column] == other.c[column])


def _standing(row: Any) -> Standing:
    return Standing(
        item_state=ItemState(row.item_state),
        end_reason=EndReason(row.ended_reason) if row.ended_reason else None,
        worker_active=row.active,
        contact_points=points_of(row, worker_id=row.contact_worker_id) if row.contact_worker_id else None,
    )


def _leased(row: Any) -> LeasedDelivery:
    return LeasedDelivery(
        delivery_id=row.delivery_id,
        tenant_id=row.tenant_id,
        item_id=row.item_id,
        kind=ItemKind(row.kind),
        worker_id=row.worker_id,
        subject_kind=SubjectKind(row.subject_kind),
        subject_id=row.subject_id,
        channel=Channel(row.channel),
        attempts=row.attempts,
        urgent=row.urgent,
        lease_token=row.lease_token,
        leased_until=row.next_at,
        clock_id=row.clock_id,
        message_id=row.message_id,
        keeps_channel=row.keeps_channel,
    )
