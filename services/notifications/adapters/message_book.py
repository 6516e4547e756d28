"""Messages, what their provider said of them, and the numbers that said STOP, on PostgreSQL."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.notifications.adapters.tables import contact_points, deliveries, messages, sms_opt_outs
from services.notifications.domain.codes import Channel, DeliveryCode
from services.notifications.domain.receipts import DID_NOT_ARRIVE, Receipt, advanced
from services.notifications.use_cases.message_ports import BegunMessage
from services.notifications.use_cases.ports import Recipient
from shared.database import transaction

_MARK_BEGUN = sa.text(
    """
    UPDATE deliveries AS d SET message_id = v.message_id, channel = v.channel
    FROM unnest(:tenants, :ids, :tokens, :messages, :channels) AS v (tenant_id, id, token, message_id, channel)
    WHERE d.tenant_id = v.tenant_id AND d.delivery_id = v.id AND d.lease_token = v.token
    """
).bindparams(
    *(sa.bindparam(name, type_=ARRAY(sa.Uuid)) for name in ("tenants", "ids", "tokens", "messages")),
    sa.bindparam("channels", type_=ARRAY(sa.Text)),
)

# A text that did not arrive is told by e-mail instead, once, as long as there is something to sign in for. The provider may
# say so while whoever sent it still holds it: whatever he records of it then, the provider took it, and it did not arrive.
_TELL_BY_EMAIL = sa.text(
    """
    INSERT INTO deliveries (tenant_id, delivery_id, item_id, kind, worker_id, subject_kind, subject_id, ladder, step,
        channel, urgent, due_at, state, attempts, next_at, keeps_channel, created_at, changed_at)
    SELECT d.tenant_id, gen_random_uuid(), d.item_id, d.kind, d.worker_id, d.subject_kind, d.subject_id, d.ladder,
        d.step + :instead, 'email', d.urgent, :now, 'planned', 0, :now, true, :now, :now
    FROM deliveries AS d JOIN items AS i ON i.tenant_id = d.tenant_id AND i.item_id = d.item_id
    WHERE d.tenant_id = :tenant_id AND d.message_id = :message_id
        AND d.state IN ('delivered', 'leased') AND i.state = 'open'
    ON CONFLICT DO NOTHING
    """
).bindparams(
    sa.bindparam("now", type_=sa.DateTime(timezone=True)),
    sa.bindparam("tenant_id", type_=sa.Uuid),
    sa.bindparam("message_id", type_=sa.Uuid),
)
INSTEAD = 1000
"""Added to a step's number for the e-mail that stands in for its text; ladders have at most 20 steps."""


class PostgresMessageBook:
    """The MessageBook port."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def recent(
        self, recipients: Iterable[Recipient], *, since: datetime
    ) -> Mapping[Recipient, Sequence[datetime]]:
        """One statement on `ix_messages_worker`."""
        keys = [(recipient.tenant_id, recipient.worker_id) for recipient in recipients]
        query = (
            sa.select(messages.c.tenant_id, messages.c.worker_id, messages.c.begun_at)
            .where(sa.tuple_(messages.c.tenant_id, messages.c.worker_id).in_(keys), messages.c.begun_at > since)
            .order_by(messages.c.begun_at)
        )
        found: dict[Recipient, list[datetime]] = defaultdict(list)
        async with transaction(self._engine, tenant_id=None) as connection:
            for row in await connection.execute(query):
                found[Recipient(row.tenant_id, row.worker_id)].append(row.begun_at)
        return found

    async def begin(self, begun: Sequence[BegunMessage], *, now: datetime) -> None:
        """Two statements, one commit. A repeat of a message is begun once."""
        rows = [
            {
                "tenant_id": one.recipient.tenant_id,
                "message_id": one.message_id,
                "worker_id": one.recipient.worker_id,
                "channel": one.channel.value,
                "item_count": one.item_count,
                "begun_at": now,
            }
            for one in begun
        ]
        marks = [(one, delivery_id) for one in begun for delivery_id in one.delivery_ids]
        values = {
            "tenants": [one.recipient.tenant_id for one, _ in marks],
            "ids": [delivery_id for _, delivery_id in marks],
            "tokens": [one.lease_token for one, _ in marks],
            "messages": [one.message_id for one, _ in marks],
            "channels": [one.channel.value for one, _ in marks],
        }
        async with transaction(self._engine, tenant_id=None) as connection:
            await connection.execute(insert(messages).values(rows).on_conflict_do_nothing())
            await connection.execute(_MARK_BEGUN, values)

    async def name(self, references: Mapping[UUID, str]) -> None:
        """One statement for all."""
        named = sa.case(references, value=messages.c.message_id)
        update = sa.update(messages).where(messages.c.message_id.in_(list(references)))
        async with transaction(self._engine, tenant_id=None) as connection:
            await connection.execute(update.values(provider_reference=named))

    async def taken(self, message_ids: Iterable[UUID]) -> frozenset[UUID]:
        """By the provider's name for it, or by a receipt."""
        known = sa.or_(messages.c.provider_reference.is_not(None), messages.c.receipt.is_not(None))
        query = sa.select(messages.c.message_id).where(messages.c.message_id.in_(list(message_ids)), known)
        async with transaction(self._engine, tenant_id=None) as connection:
            return frozenset((await connection.execute(query)).scalars())

    async def report(self, tenant_id: UUID, message_id: UUID, *, receipt: Receipt, now: datetime) -> bool:
        """The row is locked first, so that of two reports at once each sees what the other wrote."""
        this = (messages.c.tenant_id == tenant_id, messages.c.message_id == message_id)
        async with transaction(self._engine, tenant_id=tenant_id) as connection:
            row = (await connection.execute(sa.select(messages).where(*this).with_for_update())).one_or_none()
            if row is None or row.channel != Channel.SMS.value:
                return False
            known = Receipt(row.receipt) if row.receipt else None
            newer = advanced(known, reported=receipt)
            if newer is None:
                return False
            await connection.execute(sa.update(messages).where(*this).values(receipt=newer.value, receipt_at=now))
            await self._settle_unknown(connection, tenant_id=tenant_id, message_id=message_id, now=now)
            if newer in DID_NOT_ARRIVE:
                values = {"tenant_id": tenant_id, "message_id": message_id, "now": now, "instead": INSTEAD}
                await connection.execute(_TELL_BY_EMAIL, values)
        return True

    async def _settle_unknown(
        self, connection: AsyncConnection, *, tenant_id: UUID, message_id: UUID, now: datetime
    ) -> None:
        # The provider has spoken of it, so it took it: what waited to be sent again need not be.
        waited = sa.and_(
            deliveries.c.tenant_id == tenant_id,
            deliveries.c.message_id == message_id,
            deliveries.c.state == "retry",
            deliveries.c.code == DeliveryCode.OUTCOME_UNKNOWN.value,
        )
        done = sa.update(deliveries).where(waited).values(state="delivered", code=None, next_at=None, changed_at=now)
        await connection.execute(done)


class PostgresOptOuts:
    """The OptOuts port. A number is of whoever gave it as his own, in whatever tenant."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def stop(self, phone: str, *, now: datetime) -> int:
        """Only numbers that workers have given are kept: nobody else's is any business of ours."""
        owners = sa.select(contact_points.c.tenant_id).where(contact_points.c.phone == phone).distinct()
        async with transaction(self._engine, tenant_id=None) as connection:
            tenants = (await connection.execute(owners)).scalars().all()
            if tenants:
                rows = [{"tenant_id": tenant, "phone": phone, "stopped_at": now} for tenant in tenants]
                await connection.execute(insert(sms_opt_outs).values(rows).on_conflict_do_nothing())
        return len(tenants)

    async def start(self, phone: str) -> int:
        """Back to what the worker himself has set."""
        forget = sa.delete(sms_opt_outs).where(sms_opt_outs.c.phone == phone)
        async with transaction(self._engine, tenant_id=None) as connection:
            return (await connection.execute(forget)).rowcount
