"""How due deliveries are taken: one statement each, skipping what others hold."""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from services.notifications.adapters.tables import deliveries as table
from services.notifications.domain.codes import Channel, DeliveryState

SETTLING_DUST = timedelta(seconds=15)
"""So long a message waits for events that are not applied yet: what arrives together is then told in one message."""
MOST_DELIVERIES = 1000

# While events wait the first part looks at nothing newer than the dust; it is asked after every round of the inbox.
# Whatever is due to the workers of the first rows is taken with them, so that one message tells each of everything.
_TAKE_MESSAGES = (
    sa.text(
        """
    WITH first AS (
        SELECT tenant_id, worker_id FROM deliveries
        WHERE channel IN ('email', 'sms') AND next_at IS NOT NULL AND next_at <= (
            SELECT CASE WHEN EXISTS (SELECT 1 FROM event_inbox WHERE state = 'pending' AND available_at <= :now)
                THEN :dust_settled ELSE :now END)
        ORDER BY next_at LIMIT :limit FOR UPDATE SKIP LOCKED
    ), due AS (
        SELECT d.tenant_id, d.delivery_id FROM deliveries AS d
        WHERE d.channel IN ('email', 'sms') AND d.next_at IS NOT NULL AND d.next_at <= :now
          AND (d.tenant_id, d.worker_id) IN (SELECT tenant_id, worker_id FROM first)
        LIMIT :most FOR UPDATE SKIP LOCKED
    )
    UPDATE deliveries AS d SET state = 'leased', lease_token = :token, next_at = :until, changed_at = :now
    FROM due WHERE d.tenant_id = due.tenant_id AND d.delivery_id = due.delivery_id
    RETURNING d.*
    """
    )
    .bindparams(
        sa.bindparam("now", type_=sa.DateTime(timezone=True)),
        sa.bindparam("until", type_=sa.DateTime(timezone=True)),
        sa.bindparam("dust_settled", type_=sa.DateTime(timezone=True)),
        sa.bindparam("token", type_=sa.Uuid),
    )
    .columns(*table.c)
)


def taking(
    channel: Channel, *, limit: int, now: datetime, until: datetime, token: UUID
) -> tuple[sa.Executable, dict[str, object]]:
    """The statement, and its parameters, that leases what is due on the inbox, or as messages."""
    if channel is not Channel.INBOX:
        values = {"now": now, "until": until, "dust_settled": now - SETTLING_DUST, "token": token}
        return _TAKE_MESSAGES, values | {"limit": limit, "most": MOST_DELIVERIES}
    due = (
        sa.select(table.c.tenant_id, table.c.delivery_id)
        .where(table.c.channel == channel.value, table.c.next_at.is_not(None), table.c.next_at <= now)
        .order_by(table.c.next_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    return (
        sa.update(table)
        .where(table.c.tenant_id == due.c.tenant_id, table.c.delivery_id == due.c.delivery_id)
        .values(state=DeliveryState.LEASED.value, lease_token=token, next_at=until, changed_at=now)
        .returning(table)
    ), {}
