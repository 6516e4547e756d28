"""Links in messages, on PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notifications.adapters.rows import item_of
from services.notifications.adapters.tables import claim_links as table
from services.notifications.adapters.tables import items
from services.notifications.domain.claim_links import ClaimLink
from services.notifications.domain.codes import ItemState
from services.notifications.domain.errors import LinkExpired, LinkUnknown, LinkUsed
from services.notifications.domain.items import Item
from services.notifications.use_cases.ports import Recipient
from shared.database import transaction


class PostgresClaims:
    """The ClaimBook port."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def keep(self, links: Sequence[ClaimLink], *, now: datetime) -> None:
        """One statement. The day of a link begins with the first try of its message."""
        rows = [
            {
                "tenant_id": link.tenant_id,
                "digest": link.digest,
                "worker_id": link.worker_id,
                "item_id": link.item_id,
                "created_at": now,
                "expires_at": link.expires_at,
            }
            for link in links
        ]
        async with transaction(self._engine, tenant_id=None) as connection:
            await connection.execute(insert(table).values(rows).on_conflict_do_nothing())

    async def use(self, digest: str, *, by: Recipient, now: datetime) -> Item:
        """The link's row is locked, so of two uses at once one comes second."""
        this = (table.c.tenant_id == by.tenant_id, table.c.digest == digest, table.c.worker_id == by.worker_id)
        find = (
            sa.select(table.c.used_at, table.c.expires_at, items)
            .where(*this, items.c.tenant_id == table.c.tenant_id, items.c.item_id == table.c.item_id)
            .with_for_update(of=table)
        )
        async with transaction(self._engine, tenant_id=by.tenant_id) as connection:
            row = (await connection.execute(find)).one_or_none()
            if row is None:
                raise LinkUnknown
            if row.used_at is not None:
                raise LinkUsed
            if row.expires_at <= now or row.state != ItemState.OPEN.value:
                raise LinkExpired
            await connection.execute(sa.update(table).where(*this).values(used_at=now))
        return item_of(row)
