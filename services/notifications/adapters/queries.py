"""Lists: keyset pages on indexes made for them; ids are time-ordered, so newest first is descending id."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notifications.adapters.rows import item_of
from services.notifications.adapters.tables import deliveries, items, messages
from services.notifications.domain.codes import Channel, DeliveryState, ItemKind, ItemState
from services.notifications.domain.items import Item
from services.notifications.domain.receipts import Receipt
from services.notifications.use_cases.ports import DeliveryFilter, DeliveryView, Recipient
from shared.contracts.codes import SubjectKind
from shared.database import transaction

_LISTED = (ItemState.OPEN.value, ItemState.CLOSED.value)


class PostgresInbox:
    """The InboxReader port."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def page(self, owner: Recipient, *, state: ItemState, after: UUID | None, limit: int) -> list[Item]:
        """One statement on `ix_items_inbox`."""
        query = (
            sa.select(items)
            .where(
                items.c.tenant_id == owner.tenant_id,
                items.c.worker_id == owner.worker_id,
                items.c.state == state.value,
            )
            .order_by(items.c.item_id.desc())
            .limit(limit)
        )
        if after is not None:
            query = query.where(items.c.item_id < after)
        async with transaction(self._engine, tenant_id=owner.tenant_id) as connection:
            return [item_of(row) for row in await connection.execute(query)]

    async def mark_seen(self, owner: Recipient, *, item_id: UUID, now: datetime) -> Item | None:
        """The first time counts and stays."""
        mark = (
            sa.update(items)
            .where(
                items.c.tenant_id == owner.tenant_id,
                items.c.item_id == item_id,
                items.c.worker_id == owner.worker_id,
                items.c.state.in_(_LISTED),
            )
            .values(seen_at=sa.func.coalesce(items.c.seen_at, now))
            .returning(items)
        )
        async with transaction(self._engine, tenant_id=owner.tenant_id) as connection:
            row = (await connection.execute(mark)).one_or_none()
        return item_of(row) if row else None


class PostgresDeliveryReader:
    """The DeliveryReader port."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def page(
        self, tenant_id: UUID, *, only: DeliveryFilter, after: UUID | None, limit: int
    ) -> list[DeliveryView]:
        """One statement; the index depends on the filter."""
        table = deliveries
        told_by = sa.and_(messages.c.tenant_id == table.c.tenant_id, messages.c.message_id == table.c.message_id)
        query = (
            sa.select(table, messages.c.receipt)
            .select_from(table.outerjoin(messages, told_by))
            .where(table.c.tenant_id == tenant_id)
        )
        if only.state is not None:
            query = query.where(table.c.state == only.state.value)
        if only.channel is not None:
            query = query.where(table.c.channel == only.channel.value)
        if only.worker_id is not None:
            query = query.where(table.c.worker_id == only.worker_id)
        if only.subject_id is not None:
            query = query.where(table.c.subject_id == only.subject_id)
        if after is not None:
            query = query.where(table.c.delivery_id < after)
        query = query.order_by(table.c.delivery_id.desc()).limit(limit)
        async with transaction(self._engine, tenant_id=tenant_id) as connection:
            return [_view(row) for row in await connection.execute(query)]


def _view(row: Any) -> DeliveryView:
    return DeliveryView(
        delivery_id=row.delivery_id,
        kind=ItemKind(row.kind),
        worker_id=row.worker_id,
        subject_kind=SubjectKind(row.subject_kind),
        subject_id=row.subject_id,
        ladder=row.ladder,
        step=row.step,
        channel=Channel(row.channel),
        due_at=row.due_at,
        state=DeliveryState(row.state),
        code=row.code,
        attempts=row.attempts,
        next_at=row.next_at,
        changed_at=row.changed_at,
        receipt=Receipt(row.receipt) if row.receipt else None,
    )
