"""What may be forgotten: facts that were handed over or applied, and answers nobody will ask for again."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from services.referrals.adapters.tables import idempotency, inbox, outbox
from shared import inbox as shared_inbox
from shared import outbox as shared_outbox
from shared.clock import Clock
from shared.database import transaction

ANSWERS_KEPT = timedelta(days=1)


async def forget_old(engine: AsyncEngine, *, clock: Clock) -> int:
    """Remove what is past its retention; the number of rows removed."""
    async with transaction(engine, tenant_id=None) as connection:
        removed = await shared_inbox.purge(connection, inbox, clock=clock)
        removed += await shared_outbox.purge(connection, outbox, clock=clock)
        old = sa.delete(idempotency).where(idempotency.c.recorded_at < clock.now() - ANSWERS_KEPT)
        return removed + (await connection.execute(old)).rowcount
