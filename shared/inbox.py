"""The inbox: what other services tell us is stored first, answered, and then processed exactly once per event id.

A poison event never blocks the rest: after a few tries it is quarantined, where a person can see and replay it.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.clock import Clock
from shared.contracts.events import Event, EventType
from shared.database import among, speak_for, transaction
from shared.logs import get_logger, where

MAX_ATTEMPTS = 5
BATCH = 200
"""Events applied in one transaction, unless one of them fails."""
LONGEST_BACK_OFF = timedelta(seconds=4)
RETENTION = timedelta(days=30)
NO_TENANT = UUID(int=0)
"""Tenant of an event that does not say whose it is; such an event is quarantined at once."""

Handler = Callable[[AsyncConnection, Event], Awaitable[None]]
"""Applies one event inside the transaction that marks it processed. Must not talk to other services."""

BatchHandler = Callable[[AsyncConnection, Sequence[Event]], Awaitable[None]]
"""The same for several events of one tenant at once, in the order in which they waited."""

EventKey = tuple[UUID, UUID]
"""Tenant and event id."""

_log = get_logger()


def inbox_table(metadata: sa.MetaData) -> sa.Table:
    """Events received. `state`: pending, processed, ignored (nobody here needs it), quarantined."""
    table = sa.Table(
        "event_inbox",
        metadata,
        sa.Column("tenant_id", sa.Uuid, nullable=False),
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("available_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text, nullable=False, server_default="pending"),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("last_error", sa.Text),
        sa.Column("processed_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("tenant_id", "event_id"),
        sa.CheckConstraint("state IN ('pending', 'processed', 'ignored', 'quarantined')", name="state"),
    )
    sa.Index(
        "ix_event_inbox_waiting", table.c.available_at, table.c.event_id, postgresql_where=table.c.state == "pending"
    )
    sa.Index("ix_event_inbox_done", table.c.processed_at, postgresql_where=table.c.state.in_(("processed", "ignored")))
    return table


class InboxProcessor:
    """Applies stored events. Safe to run in any number of processes at once."""

    def __init__(
        self,
        *,
        engine: AsyncEngine,
        table: sa.Table,
        handlers: Mapping[EventType, Handler],
        batch_handlers: Mapping[EventType, BatchHandler] | None = None,
        after_rollback: Callable[[], object] = lambda: None,
        clock: Clock,
    ) -> None:
        """`after_rollback` lets handlers forget what they noted down about a batch that did not come to be."""
        self._engine = engine
        self._table = table
        self._handlers = handlers
        self._batch_handlers = batch_handlers or {}
        self._after_rollback = after_rollback
        self._clock = clock

    async def drain(self, *, max_batches: int = 50) -> int:
        """Process until nothing is due (or `max_batches` were done); the number of events dealt with."""
        total = 0
        for _ in range(max_batches):
            done = await self.run_once()
            total += done
            if done == 0:
                break
        return total

    async def run_once(self, *, limit: int = BATCH) -> int:
        """Process one batch in one transaction; if any event fails, each again on its own so that it fails alone."""
        try:
            return await self._process(limit=limit)
        except Exception as error:  # noqa: BLE001 - any failure of any handler is dealt with below, event by event
            _log.warning("inbox_batch_failed", error_type=type(error).__name__)
            self._after_rollback()
        done = 0
        for key in await self._waiting(limit=limit):
            try:
                done += await self._process(limit=1, only=key)
            except Exception as error:  # noqa: BLE001 - recorded on the event, which is tried again or quarantined
                _log.warning("event_failed", event_id=str(key[1]), error_type=type(error).__name__, where=where(error))
                await self._record_failure(key, error_type=type(error).__name__)
        return done

    async def _process(self, *, limit: int, only: EventKey | None = None) -> int:
        now = self._clock.now()
        async with transaction(self._engine, tenant_id=None) as connection:
            rows = (
                await connection.execute(self._due(now, limit=limit, only=only).with_for_update(skip_locked=True))
            ).all()
            by_tenant: dict[UUID, list[Event]] = {}
            for row in rows:
                by_tenant.setdefault(row.tenant_id, []).append(Event.model_validate_json(row.payload))
            for tenant_id, events in by_tenant.items():
                await speak_for(connection, tenant_id)
                await self._apply(connection, events)
            for state, keys in self._outcomes(by_tenant).items():
                await connection.execute(
                    sa.update(self._table)
                    .where(self._is_one_of(keys))
                    .values(state=state, processed_at=now, last_error=None)
                )
        return len(rows)

    async def _apply(self, connection: AsyncConnection, events: Sequence[Event]) -> None:
        """Effects follow from versions and not from order, so what is applied together may overtake what is not."""
        together: dict[BatchHandler, list[Event]] = {}
        for event in events:
            if (batch_handler := self._batch_handlers.get(event.type)) is not None:
                together.setdefault(batch_handler, []).append(event)
            elif (handler := self._handlers.get(event.type)) is not None:
                await handler(connection, event)
        for batch_handler, batch in together.items():
            await batch_handler(connection, batch)

    def _outcomes(self, by_tenant: Mapping[UUID, Sequence[Event]]) -> dict[str, list[EventKey]]:
        outcomes: dict[str, list[EventKey]] = {}
        for tenant_id, events in by_tenant.items():
            for event in events:
                handled = event.type in self._batch_handlers or event.type in self._handlers
                outcomes.setdefault("processed" if handled else "ignored", []).append((tenant_id, event.id))
        return outcomes

    def _due(self, now: datetime, *, limit: int, only: EventKey | None) -> sa.Select[Any]:
        table = self._table
        query = (
            sa.select(table.c.tenant_id, table.c.event_id, table.c.payload)
            .where(table.c.state == "pending", table.c.available_at <= now)
            .order_by(table.c.available_at, table.c.event_id)
            .limit(limit)
        )
        return query if only is None else query.where(self._is_one_of([only]))

    def _is_one_of(self, keys: Sequence[EventKey]) -> sa.ColumnElement[bool]:
        return among(self._table.c.tenant_id, self._table.c.event_id, keys)

    async def _waiting(self, *, limit: int) -> list[EventKey]:
        async with transaction(self._engine, tenant_id=None) as connection:
            rows = await connection.execute(self._due(self._clock.now(), limit=limit, only=None))
            return [(row.tenant_id, row.event_id) for row in rows]

    async def _record_failure(self, key: EventKey, *, error_type: str) -> None:
        table = self._table
        async with transaction(self._engine, tenant_id=None) as connection:
            pending = sa.select(table.c.attempts).where(self._is_one_of([key]), table.c.state == "pending")
            before = (await connection.execute(pending.with_for_update())).scalar_one_or_none()
            if before is None:
                return  # another processor has dealt with it meanwhile
            attempts = before + 1
            quarantined = attempts >= MAX_ATTEMPTS or error_type == ValidationError.__name__
            wait = min(timedelta(seconds=0.25 * 2**attempts), LONGEST_BACK_OFF)
            await connection.execute(
                sa.update(table)
                .where(self._is_one_of([key]))
                .values(
                    attempts=attempts,
                    last_error=error_type,
                    available_at=self._clock.now() + wait,
                    state="quarantined" if quarantined else "pending",
                )
            )
        if quarantined:
            _log.error("event_quarantined", event_id=str(key[1]), error_type=error_type, attempt=attempts)


async def replay(connection: AsyncConnection, table: sa.Table, *, event_id: UUID, clock: Clock) -> bool:
    """Give a quarantined event another round of tries; False when there is none with this id."""
    result = await connection.execute(
        sa.update(table)
        .where(table.c.event_id == event_id, table.c.state == "quarantined")
        .values(state="pending", attempts=0, available_at=clock.now())
    )
    return result.rowcount == 1


async def purge(connection: AsyncConnection, table: sa.Table, *, clock: Clock) -> int:
    """Forget events dealt with longer than the retention ago (quarantined ones stay); the number forgotten."""
    dealt_with = table.c.state.in_(("processed", "ignored"))
    result = await connection.execute(
        sa.delete(table).where(dealt_with, table.c.processed_at < clock.now() - RETENTION)
    )
    return result.rowcount
