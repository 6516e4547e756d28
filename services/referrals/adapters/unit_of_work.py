"""One transaction of one tenant: idempotency, repositories, outbox and history in a single commit, bells after it.

A part of the service with tables of its own adds its repository as one attribute of `UnitOfWork`.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.referrals.adapters.tables import idempotency, outbox
from services.referrals.use_cases.once import AlreadyAnswered, Once, Rendered
from shared.contracts.codes import Service
from shared.contracts.events import Event, EventData, EventType
from shared.database import transaction
from shared.idempotency import claim, remember
from shared.outbox import append, new_event


class UnitOfWork:
    """What a use case holds while its transaction is open."""

    def __init__(self, connection: AsyncConnection, *, tenant_id: UUID) -> None:
        self.connection = connection
        self.tenant_id = tenant_id
        self.announced: list[Event] = []
        self.result: object | None = None

    def announce(self, event: EventType, *, subject: UUID, data: EventData) -> None:
        """A fact for the outbox; written when the unit of work is left cleanly."""
        self.announced.append(new_event(source=Service.REFERRALS, type=event, subject=subject, data=data))

    def answer(self, result: object) -> None:
        """The result that the caller's key will stand for."""
        self.result = result


class PostgresWorks:
    """Begins units of work on PostgreSQL. `after_commit` is rung when facts wait in the outbox; it never blocks."""

    def __init__(self, engine: AsyncEngine, *, after_commit: Callable[[], None]) -> None:
        self._engine = engine
        self._after_commit = after_commit

    @asynccontextmanager
    async def begin(self, tenant_id: UUID, *, once: Once | None = None) -> AsyncIterator[UnitOfWork]:
        """Open a transaction; raises AlreadyAnswered when this request was answered before."""
        async with transaction(self._engine, tenant_id=tenant_id) as connection:
            if once is not None:
                await _claim(connection, once, tenant_id=tenant_id)
            work = UnitOfWork(connection, tenant_id=tenant_id)
            yield work
            if work.announced:
                await append(connection, outbox, work.announced)
            if once is not None and work.result is not None:
                await _remember(connection, once, once.render(work.result), tenant_id=tenant_id)
        if work.announced:
            self._after_commit()


async def _claim(connection: AsyncConnection, once: Once, *, tenant_id: UUID) -> None:
    if once.key is None:
        return
    stored = await claim(
        connection,
        idempotency,
        tenant_id=tenant_id,
        caller=once.caller,
        route=once.route,
        key=once.key,
        body_digest=once.body_digest,
    )
    if stored is not None:
        raise AlreadyAnswered(Rendered(status=stored.status, body=stored.body, headers=stored.headers))


async def _remember(connection: AsyncConnection, once: Once, answer: Rendered, *, tenant_id: UUID) -> None:
    if once.key is None:
        return
    await remember(
        connection,
        idempotency,
        tenant_id=tenant_id,
        caller=once.caller,
        route=once.route,
        key=once.key,
        body_digest=once.body_digest,
        status=answer.status,
        body=answer.body,
        headers=dict(answer.headers),
    )
