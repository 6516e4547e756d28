"""What is forgotten after a while. Deliveries stay: they are the answer to "was she told?"."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.adapters.tables import claim_links, letters, messages, webhook_calls
from shared.clock import Clock

RETENTION = timedelta(days=90)


async def forget_messages(connection: AsyncConnection, *, clock: Clock) -> int:
    """Messages, letters and calls that ended longer ago; how many."""
    before = clock.now() - RETENTION
    ended = (
        sa.delete(messages).where(messages.c.begun_at < before),
        sa.delete(claim_links).where(claim_links.c.expires_at < before),
        sa.delete(letters).where(letters.c.next_at.is_(None), letters.c.changed_at < before),
        sa.delete(webhook_calls).where(webhook_calls.c.next_at.is_(None), webhook_calls.c.changed_at < before),
    )
    return sum([(await connection.execute(statement)).rowcount for statement in ended])
