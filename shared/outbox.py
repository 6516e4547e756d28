"""The outbox: a fact is stored in the same commit as the change it tells of, and relayed until the consumer has it.

`available_at` is both lease and back-off: a claimed row is not available to anybody else before its lease runs out.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.clock import Clock
from shared.contracts.codes import Service
from shared.contracts.events import CONSUMERS, MAX_BATCH, UNHURRIED, Event, EventBatchReceipt, EventData, EventType
from shared.database import transaction
from shared.http_client import ServiceCallFailed, ServiceClient, ServiceRefused
from shared.identifiers import new_id
from shared.logs import get_logger

EVENTS_PATH = "/internal/events"
HAND_OVER_SECONDS = 3.0
"""For the consumer to store a batch. A batch that is handed over once more than needed is kept once all the same."""
LEASE = timedelta(seconds=4)
LONGEST_BACK_OFF = timedelta(seconds=4)
"""Both below one sweep interval, so that after an outage, or with a relay that died, nothing waits longer than two sweeps
(invariant I9)."""
RETENTION = timedelta(days=7)
NO_WAIT = timedelta(0)
UNHURRIED_WAIT = timedelta(seconds=1)
"""So long a fact that nobody is told of lets others pass. It then travels with whatever goes next, at the latest with the
next sweep: on a night of two hundred discharges every peer has been asked before the rest of the record is copied."""
LANES = 2
"""Batches on their way at once in one process; a worker's pool of connections must have room for as many."""

Facts = Sequence[tuple[UUID, str]]
"""Event ids and payloads."""

_ABOUT_THE_BODY = frozenset({400, 413, 422})

_log = get_logger()


def outbox_table(metadata: sa.MetaData) -> sa.Table:
    """One row per event and consumer. Rows stay for a while after they are done, for whoever has to find out."""
    table = sa.Table(
        "outbox",
        metadata,
        sa.Column("tenant_id", sa.Uuid, nullable=False),
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("consumer", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("available_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_token", sa.Uuid),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("last_error", sa.Text),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("tenant_id", "event_id", "consumer"),
    )
    sa.Index(
        "ix_outbox_waiting",
        table.c.consumer,
        table.c.available_at,
        table.c.event_id,
        postgresql_where=table.c.done_at.is_(None),
    )
    sa.Index("ix_outbox_leased", table.c.lease_token, postgresql_where=table.c.done_at.is_(None))
    sa.Index("ix_outbox_done", table.c.done_at, postgresql_where=table.c.done_at.is_not(None))
    return table


def new_event(*, source: Service, type: EventType, subject: UUID, data: EventData) -> Event:
    """A fact about `subject` (the aggregate's id)."""
    return Event(
        id=new_id(),
        source=f"/handrail/{source.value}",
        type=type,
        subject=str(subject),
        time=data.recorded_at,
        data=data.model_dump(mode="json", exclude_none=True),
    )


def outbox_rows(events: Sequence[Event]) -> list[dict[str, object]]:
    """Rows to insert for these events, one per consumer (for callers that insert with a statement of their own)."""
    return [
        {
            "tenant_id": UUID(str(event.data["tenant_id"])),
            "event_id": event.id,
            "consumer": consumer.value,
            "type": event.type.value,
            "subject": event.subject,
            "payload": event.model_dump_json(),
            "recorded_at": event.time,
            "available_at": event.time + (UNHURRIED_WAIT if event.type in UNHURRIED else NO_WAIT),
        }
        for event in events
        for consumer in CONSUMERS[event.type]
    ]


async def append(connection: AsyncConnection, table: sa.Table, events: Sequence[Event]) -> None:
    """Store facts in the caller's transaction."""
    rows = outbox_rows(events)
    if rows:
        await connection.execute(sa.insert(table).values(rows))


class Relay:
    """Carries waiting facts to their consumers. Safe to run in any number of processes at once."""

    def __init__(
        self, *, engine: AsyncEngine, table: sa.Table, consumers: Mapping[Service, ServiceClient], clock: Clock
    ) -> None:
        self._engine = engine
        self._table = table
        self._consumers = consumers
        self._clock = clock

    async def drain(self, *, max_batches: int = 50) -> int:
        """Relay until nothing is due (or `max_batches` were carried); the number of facts handed over.

        Batches travel in lanes side by side, so that this database, the consumer and its database work at once.
        """
        most = max(max_batches // LANES, 1)
        async with asyncio.TaskGroup() as group:  # if one lane fails, the others roll back before this is left
            lanes = [group.create_task(self._drain_lane(max_batches=most)) for _ in range(LANES)]
        return sum(lane.result() for lane in lanes)

    async def _drain_lane(self, *, max_batches: int) -> int:
        total = 0
        for _ in range(max_batches):
            carried = await self.run_once()
            total += carried
            if carried == 0:
                break
        return total

    async def run_once(self) -> int:
        """Relay one batch to each consumer; the number of facts handed over."""
        return sum([await self._carry(consumer, client) for consumer, client in self._consumers.items()])

    async def _carry(self, consumer: Service, client: ServiceClient) -> int:
        lease_token = new_id()
        facts = await self._lease(consumer, lease_token=lease_token)
        if not facts:
            return 0
        failed: dict[UUID, str] = {}
        await self._hand_over(client, facts, failed=failed)
        for code in sorted(set(failed.values())):
            event_ids = [event_id for event_id, its_code in failed.items() if its_code == code]
            _log.warning("relay_failed", consumer=consumer.value, error_code=code, count=len(event_ids))
            await self._give_back(lease_token, event_ids=event_ids, error_code=code)
        if len(failed) < len(facts):
            # What failed no longer carries the lease, so the lease names exactly what was handed over.
            await self._mark_done(lease_token)
        return len(facts) - len(failed)

    async def _hand_over(self, client: ServiceClient, facts: Facts, *, failed: dict[UUID, str]) -> None:
        """Post these facts; those that could not be handed over are added to `failed`, with the reason."""
        body = ('{"events":[' + ",".join(payload for _, payload in facts) + "]}").encode()
        try:
            await client.post_json(EVENTS_PATH, body, answer=EventBatchReceipt, timeout_seconds=HAND_OVER_SECONDS)
        except ServiceRefused as refusal:
            if refusal.status in _ABOUT_THE_BODY and len(facts) > 1:
                # One fact that the consumer cannot read, or all together too large: the others must not wait for it.
                middle = len(facts) // 2
                await self._hand_over(client, facts[:middle], failed=failed)
                await self._hand_over(client, facts[middle:], failed=failed)
            else:
                failed.update((event_id, refusal.code) for event_id, _ in facts)
        except ServiceCallFailed as failure:
            failed.update((event_id, failure.code) for event_id, _ in facts)

    async def _lease(self, consumer: Service, *, lease_token: UUID) -> Facts:
        now = self._clock.now()
        table = self._table
        due = (
            sa.select(table.c.tenant_id, table.c.event_id, table.c.consumer)
            .where(table.c.done_at.is_(None), table.c.consumer == consumer.value, table.c.available_at <= now)
            .order_by(table.c.available_at, table.c.event_id)
            .limit(MAX_BATCH)
            .with_for_update(skip_locked=True)
            .cte("due")
        )
        lease = (
            sa.update(table)
            .where(
                table.c.tenant_id == due.c.tenant_id,
                table.c.event_id == due.c.event_id,
                table.c.consumer == due.c.consumer,
            )
            .values(lease_token=lease_token, available_at=now + LEASE, attempts=table.c.attempts + 1)
            .returning(table.c.event_id, table.c.payload)
        )
        async with transaction(self._engine, tenant_id=None) as connection:
            rows = (await connection.execute(lease)).all()
        return sorted((row.event_id, row.payload) for row in rows)

    async def _mark_done(self, lease_token: UUID) -> None:
        await self._close_lease(lease_token, done_at=self._clock.now(), lease_token=None, last_error=None)

    async def _give_back(self, lease_token: UUID, *, event_ids: Sequence[UUID], error_code: str) -> None:
        now = sa.bindparam("now", self._clock.now(), type_=sa.DateTime(timezone=True))
        wait = sa.func.least(
            sa.func.power(2, sa.func.least(self._table.c.attempts, 10)) * 0.25, LONGEST_BACK_OFF.total_seconds()
        )
        await self._close_lease(
            lease_token,
            self._table.c.event_id == sa.any_(sa.bindparam("event_ids", list(event_ids), type_=ARRAY(sa.Uuid))),
            available_at=now + wait * timedelta(seconds=1),
            lease_token=None,
            last_error=error_code,
        )

    async def _close_lease(self, held: UUID, *only: sa.ColumnElement[bool], **values: object) -> None:
        table = self._table
        held_token = sa.bindparam("held", held, type_=PG_UUID)
        async with transaction(self._engine, tenant_id=None) as connection:
            await connection.execute(
                sa.update(table)
                .where(table.c.lease_token == held_token, table.c.done_at.is_(None), *only)
                .values(**values)
            )


async def purge(connection: AsyncConnection, table: sa.Table, *, clock: Clock) -> int:
    """Forget facts that were handed over longer than the retention ago; the number forgotten."""
    result = await connection.execute(sa.delete(table).where(table.c.done_at < clock.now() - RETENTION))
    return result.rowcount
