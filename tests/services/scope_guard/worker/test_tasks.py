"""The worker's two tasks: called by hand on real parts, and rung in a real worker process."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from services.scope_guard.adapters.tables import outbox
from services.scope_guard.adapters.unit_of_work import PostgresDecisionChain
from services.scope_guard.main import create_worker, worker_parts
from services.scope_guard.settings import ScopeGuardSettings
from services.scope_guard.use_cases.verify_chain import verify_chain
from services.scope_guard.worker.schedule import BEAT_SCHEDULE, RELAY, SEAL
from services.scope_guard.worker.tasks import relay_waiting, seal_waiting
from shared.clock import FixedClock, SystemClock
from shared.contracts.codes import Service
from shared.contracts.events import BoundaryRecorded, Event
from shared.database import create_engine
from shared.outbox import UNHURRIED_WAIT
from shared.service import open_resources
from shared.task_queue import Bell
from tests.fixtures.databases import ServiceDatabase
from tests.services.scope_guard.adapters.logbook import count, stored
from tests.services.scope_guard.questions import TENANT

ROOT = Path(__file__).parents[4]


@pytest.fixture
async def engine(scope_guard_database: ServiceDatabase) -> AsyncIterator[AsyncEngine]:
    """Connections of the runtime role."""
    made = create_engine(scope_guard_database.runtime_url, pool_size=2)
    yield made
    await made.dispose()


@pytest.fixture
async def told() -> AsyncIterator[tuple[str, list[Event]]]:
    """A consumer on loopback that stores what it is told: its address, and the events."""
    events: list[Event] = []

    async def receive(request: web.Request) -> web.Response:
        batch = json.loads(await request.read())["events"]
        events.extend(Event.model_validate(entry) for entry in batch)
        return web.json_response({"stored": len(batch), "already_known": 0})

    application = web.Application()
    application.router.add_post("/internal/events", receive)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    yield f"http://{host}:{port}", events
    await runner.cleanup()


def settings_for(database: ServiceDatabase, *, notifications_url: str, redis_url: str) -> ScopeGuardSettings:
    return ScopeGuardSettings(
        database_url=database.runtime_url,
        redis_url=redis_url,
        cursor_key="c" * 32,
        text_digest_key="t" * 32,
        notifications_url=notifications_url,
    )


async def until(is_so: Callable[[], Awaitable[bool]], *, seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while not await is_so():  # noqa: ASYNC110 - the condition lies in other processes
            await asyncio.sleep(0.02)


async def test_a_boundary_event_reaches_its_consumer_once(
    engine: AsyncEngine, scope_guard_database: ServiceDatabase, told: tuple[str, list[Event]]
) -> None:
    url, events = told
    kept = await stored(engine, "diagnose him")
    await stored(engine, "listen")
    settings = settings_for(scope_guard_database, notifications_url=url, redis_url="redis://127.0.0.1:1/0")
    async with open_resources(Service.SCOPE_GUARD, settings) as resources:
        a_moment_later = FixedClock(resources.clock.now() + UNHURRIED_WAIT)  # nobody waits for it, so others go first
        parts = worker_parts(settings, resources=replace(resources, clock=a_moment_later))
        assert await relay_waiting(parts) == 1
        assert await relay_waiting(parts) == 0
        assert await seal_waiting(parts) == 2
    [event] = events
    told_of = event.read()
    assert isinstance(told_of, BoundaryRecorded)
    assert told_of.decision_id == kept.row.decision_id


async def test_a_consumer_that_is_down_is_told_later(
    engine: AsyncEngine, scope_guard_database: ServiceDatabase
) -> None:
    await stored(engine, "diagnose him")
    settings = settings_for(
        scope_guard_database, notifications_url="http://127.0.0.1:1", redis_url="redis://127.0.0.1:1/0"
    )
    async with open_resources(Service.SCOPE_GUARD, settings) as resources:
        assert await relay_waiting(worker_parts(settings, resources=resources)) == 0
    assert await count(engine, outbox) == 1


def test_every_beat_entry_names_a_task_of_this_worker() -> None:
    settings = settings_for(
        ServiceDatabase(owner_url="", runtime_url="postgresql://nobody:nothing@127.0.0.1:1/none"),
        notifications_url="http://127.0.0.1:1",
        redis_url="redis://127.0.0.1:1/0",
    )
    names = set(create_worker(settings).tasks)
    assert {entry.task for entry in BEAT_SCHEDULE.values()} == {RELAY, SEAL} <= names


@pytest.mark.slow
async def test_a_real_worker_seals_and_relays_when_rung(
    engine: AsyncEngine,
    scope_guard_database: ServiceDatabase,
    told: tuple[str, list[Event]],
    valkey_url: str,
    tmp_path: Path,
) -> None:
    url, events = told
    environment = {
        **os.environ,
        "HANDRAIL_SCOPE_GUARD_DATABASE_URL": scope_guard_database.runtime_url,
        "HANDRAIL_SCOPE_GUARD_REDIS_URL": valkey_url,
        "HANDRAIL_SCOPE_GUARD_CURSOR_KEY": "c" * 32,
        "HANDRAIL_SCOPE_GUARD_TEXT_DIGEST_KEY": "t" * 32,
        "HANDRAIL_SCOPE_GUARD_NOTIFICATIONS_URL": url,
    }
    await stored(engine, "diagnose him")
    command = ["-m", "celery", "-A", "services.scope_guard.worker.entry", "worker", "-Q", "scope_guard", "-c", "1"]
    with (tmp_path / "worker.log").open("wb") as log:
        worker = await asyncio.create_subprocess_exec(
            sys.executable, *command, cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    try:
        bell: Any = Bell(Service.SCOPE_GUARD, redis_url=valkey_url)
        bell.ring(RELAY)
        bell.ring(SEAL)
        chain = PostgresDecisionChain(engine, clock=SystemClock())

        async def is_done() -> bool:
            assert worker.returncode is None, (tmp_path / "worker.log").read_text()
            return len(events) == 1 and (await chain.head(tenant_id=TENANT)).position == 1

        await until(is_done)
        report = await verify_chain(tenant_id=TENANT, chain=chain)
        assert (report.verified, report.broken) == (1, None)
    finally:
        worker.terminate()
        await asyncio.wait_for(worker.wait(), 20)
