"""The service put together as in production, on real parts, with a clock that stands still."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from services.notifications.adapters import tables
from services.notifications.adapters.contact_book import PostgresContactBook
from services.notifications.adapters.live_hints import ValkeyHints
from services.notifications.adapters.webhook_channel import guarded_session
from services.notifications.domain.contact_points import ContactPoints
from services.notifications.main import create_app, install, rounds_of
from services.notifications.settings import NotificationsSettings
from services.notifications.worker.rounds import Rounds
from shared.clock import FixedClock
from shared.contracts.codes import Service
from shared.contracts.events import Event, EventBatch
from shared.database import create_engine, transaction
from shared.event_intake import store
from shared.http_client import new_session
from shared.paging import CursorSigner
from shared.service import Resources
from shared.settings import Profile
from shared.task_queue import Bell
from tests.fixtures.databases import ServiceDatabase
from tests.fixtures.mail import SmtpServer
from tests.services.notifications.journeys import NOON
from tests.services.notifications.referrals_double import ReferralsDouble


@dataclass
class House:
    """One process of the service. `other()` is a second one on the same database."""

    database: ServiceDatabase
    resources: Resources
    rounds: Rounds
    settings: NotificationsSettings
    clock: FixedClock
    stack: AsyncExitStack

    async def other(self) -> "House":
        return await _open_house(self.database, self.settings, self.clock, self.resources, self.stack)

    async def hear(self, *events: Event | dict[str, Any]) -> None:
        """What POST /internal/events does with a batch."""
        raw = tuple(event.model_dump(mode="json") if isinstance(event, Event) else event for event in events)
        async with transaction(self.resources.engine, tenant_id=None) as connection:
            await store(connection, EventBatch(events=raw), clock=self.clock)

    async def live(self, *events: Event) -> None:
        """Hear events, and do what the bell would ring for."""
        await self.hear(*events)
        await self.process()

    async def process(self) -> None:
        """What the bell rings for, in the queue of this service and in that of whatever leaves the house."""
        await self.rounds.process_inbox()
        await self.rounds.send()

    async def sweep(self) -> None:
        """What the beat rings for, in both."""
        await self.rounds.sweep()
        await self.rounds.send()

    async def wait(self, amount: timedelta) -> None:
        """Let time pass, and do what the beat would ring for."""
        self.clock.advance(amount)
        await self.sweep()

    async def deliver(self) -> None:
        """Show what is due, and send what tells of it, without hearing anything new."""
        await self.rounds.show()
        await self.rounds.send()

    async def rows(self, table: sa.Table, **equal: object) -> Sequence[Any]:
        query = sa.select(table).order_by(*table.primary_key.columns)
        for name, value in equal.items():
            query = query.where(table.c[name] == value)
        async with transaction(self.resources.engine, tenant_id=None) as connection:
            return (await connection.execute(query)).all()

    async def items(self, **equal: object) -> Sequence[Any]:
        return await self.rows(tables.items, **equal)

    async def deliveries(self, **equal: object) -> Sequence[Any]:
        return await self.rows(tables.deliveries, **equal)

    async def outbox(self) -> Sequence[Any]:
        return await self.rows(tables.outbox)

    async def reach(self, tenant_id: UUID, worker_id: UUID, *, version: int = 2, **wanted: Any) -> str:
        """Give a worker an e-mail address (returned), and perhaps a telephone and quiet hours."""
        address = f"{worker_id.hex[:12]}@people.example"
        points = ContactPoints(
            tenant_id=tenant_id,
            worker_id=worker_id,
            version=version,
            changed_at=self.clock.now(),
            **({"email": address} | wanted),
        )
        assert await PostgresContactBook(self.resources.engine).replace(points, seen_version=version - 1, by="test")
        return address


async def _open_house(
    database: ServiceDatabase,
    settings: NotificationsSettings,
    clock: FixedClock,
    like: Resources | None,
    stack: AsyncExitStack,
    verifier: Any = None,
) -> House:
    redis_url = settings.redis_url.get_secret_value()
    engine = create_engine(settings.database_url.get_secret_value(), pool_size=4)
    session = new_session()
    hints = ValkeyHints(redis_url)
    stack.push_async_callback(engine.dispose)
    stack.push_async_callback(session.close)
    stack.push_async_callback(hints.close)
    resources = Resources(
        service=Service.NOTIFICATIONS,
        settings=settings,
        engine=engine,
        session=session,
        verifier=like.verifier if like else verifier,
        tokens=None,
        clock=clock,
        bell=like.bell if like else Bell(Service.NOTIFICATIONS, redis_url=redis_url),
        cursors=CursorSigner("k" * 32),
    )
    strangers = guarded_session(strict=False)
    stack.push_async_callback(strangers.close)
    rounds = rounds_of(resources, settings=settings, hints=hints, strangers=strangers)
    return House(database, resources, rounds, settings, clock, stack)


@pytest.fixture
async def referrals() -> AsyncIterator[ReferralsDouble]:
    double = ReferralsDouble()
    await double.start()
    yield double
    await double.stop()


@pytest.fixture
def more_settings() -> dict[str, Any]:
    """For tests that need more set up than e-mail."""
    return {}


@pytest.fixture
def settings(
    notifications_database: ServiceDatabase,
    valkey_url: str,
    smtp_server: SmtpServer,
    referrals: ReferralsDouble,
    more_settings: dict[str, Any],
) -> NotificationsSettings:
    return NotificationsSettings(
        **more_settings,
        database_url=notifications_database.runtime_url,
        redis_url=valkey_url,
        cursor_key="k" * 32,
        referrals_url=referrals.url,
        referrals_timeout_seconds=0.5,
        smtp_host=smtp_server.host,
        smtp_port=smtp_server.port,
        smtp_timeout_seconds=5,
        HANDRAIL_PROFILE=Profile.DEMO,
    )


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON + timedelta(seconds=1))


@pytest.fixture
async def house(
    notifications_database: ServiceDatabase, settings: NotificationsSettings, clock: FixedClock, verifier_for: Any
) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        verifier = verifier_for(Service.NOTIFICATIONS)
        yield await _open_house(notifications_database, settings, clock, None, stack, verifier)


@pytest.fixture
def app(house: House) -> FastAPI:
    application = create_app(house.settings)
    install(application, house.resources)
    return application


@pytest.fixture
async def http(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


@pytest.fixture
def tenant_id() -> UUID:
    return uuid4()
