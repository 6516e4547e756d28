"""The product broken on purpose, in the ways that others are by nature: what must hold afterwards has to fail for each.

Every mutant works when nothing goes wrong; only faults tell it from the product.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from celery import Celery
from sqlalchemy.ext.asyncio import AsyncConnection

import shared.event_intake
from services.notifications.adapters.deliveries import PostgresDeliveries
from services.notifications.adapters.live_hints import ValkeyHints
from services.notifications.adapters.tables import deliveries
from services.notifications.adapters.webhook_channel import guarded_session
from services.notifications.domain.codes import Channel
from services.notifications.main import rounds_of
from services.notifications.settings import NotificationsSettings
from services.notifications.worker.rounds import Rounds
from shared.contracts.codes import Service
from shared.contracts.events import Event, EventBatch, EventBatchReceipt
from shared.database import transaction
from shared.event_intake import store
from shared.inbox import BATCH, InboxProcessor
from shared.service import Resources, open_resources
from shared.task_queue import WorkerLoop, create_celery

TELL = "notifications.tell"
"""The task of `TOLD_BY_MESSAGE_ALONE`; its argument is a list of events."""


class Mutant(StrEnum):
    """How a worker is broken."""

    MARKED_BEFORE_THE_EFFECT = "marked_before_the_effect"
    TAKEN_WITHOUT_A_LEASE = "taken_without_a_lease"
    TOLD_BY_MESSAGE_ALONE = "told_by_message_alone"
    WITHOUT_A_KEY = "without_a_key"
    """An API that does not look at the caller's idempotency key; `struck_api.py` takes it away."""


When = Callable[[Mutant], bool]
"""Whether a process is this mutant now."""


def _always(_: Mutant) -> bool:
    return True


def mark_before_the_effect(*, when: When = _always) -> None:
    """The inbox marks events as processed in one commit and applies them in the next."""
    healthy = InboxProcessor.run_once

    async def run_once(self: InboxProcessor, *, limit: int = BATCH) -> int:
        if not when(Mutant.MARKED_BEFORE_THE_EFFECT):
            return await healthy(self, limit=limit)
        table = self._table
        mark = sa.update(table).where(table.c.state == "pending").values(state="processed", processed_at=sa.func.now())
        async with transaction(self._engine, tenant_id=None) as connection:
            rows = (await connection.execute(mark.returning(table.c.tenant_id, table.c.payload))).all()
        for row in rows:
            fact = Event.model_validate_json(row.payload)
            async with transaction(self._engine, tenant_id=row.tenant_id) as connection:
                await self._apply(connection, [fact])
        return len(rows)

    InboxProcessor.run_once = run_once  # type: ignore[method-assign]


def take_without_a_lease() -> None:
    """A delivery that somebody has taken is still anybody's."""
    claim = PostgresDeliveries.claim

    async def claim_and_leave(self: PostgresDeliveries, channel: Channel, *, now: datetime, **how: Any) -> Any:
        claimed = await claim(self, channel, now=now, **how)
        for delivery in claimed:
            async with transaction(self._engine, tenant_id=delivery.tenant_id) as connection:
                await connection.execute(
                    sa.update(deliveries)
                    .where(deliveries.c.tenant_id == delivery.tenant_id)
                    .where(deliveries.c.delivery_id == delivery.delivery_id)
                    .values(next_at=now)
                )
        return claimed

    PostgresDeliveries.claim = claim_and_leave  # type: ignore[method-assign]


def hear_by_message_alone(*, when: When, redis_url: str) -> None:
    """The API of notifications puts what it is told into a Celery message instead of its table, and says that it has it."""
    healthy, celery = shared.event_intake.store, create_celery(Service.NOTIFICATIONS, redis_url=redis_url)

    async def store_nowhere(connection: AsyncConnection, batch: EventBatch, **how: Any) -> EventBatchReceipt:
        if not when(Mutant.TOLD_BY_MESSAGE_ALONE):
            return await healthy(connection, batch, **how)
        celery.send_task(TELL, args=[list(batch.events)], queue=Service.NOTIFICATIONS.value)
        return EventBatchReceipt(stored=len(batch.events), already_known=0)

    shared.event_intake.store = store_nowhere


def tell_by_message_alone(celery: Celery, *, settings: NotificationsSettings) -> None:
    """What is to be told lies in a Celery message and nowhere else; `acks_late` is all that stands against a loss."""

    @asynccontextmanager
    async def open_child() -> AsyncIterator[tuple[Resources, Rounds]]:
        async with open_resources(Service.NOTIFICATIONS, settings) as resources:
            hints = ValkeyHints(settings.redis_url.get_secret_value())
            strangers = guarded_session(strict=True)
            try:
                yield resources, rounds_of(resources, settings=settings, hints=hints, strangers=strangers)
            finally:
                await strangers.close()
                await hints.close()

    loop = WorkerLoop(open_child)

    async def tell_now(child: tuple[Resources, Rounds], facts: list[dict[str, Any]]) -> None:
        resources, rounds = child
        async with transaction(resources.engine, tenant_id=None) as connection:
            await store(connection, EventBatch(events=tuple(facts)), clock=resources.clock)
        await rounds.process_inbox()

    @celery.task(name=TELL)  # type: ignore[untyped-decorator]
    def tell(facts: list[dict[str, Any]]) -> None:
        loop.run(lambda child: tell_now(child, facts))
