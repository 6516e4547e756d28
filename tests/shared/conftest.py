"""A database of the plumbing's own, real HTTP servers on the loopback address, and a small waiting room."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from urllib.parse import urlsplit, urlunsplit

import aiohttp
import asyncpg
import pytest
import sqlalchemy as sa
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from shared import http_client, system_tokens, tokens
from shared.database import create_engine, new_metadata
from shared.http_client import new_session
from shared.idempotency import idempotency_table
from shared.inbox import inbox_table
from shared.outbox import outbox_table
from tests.fixtures.databases import run_apart
from tests.fixtures.shared_server import worker_name

METADATA = new_metadata()
OUTBOX = outbox_table(METADATA)
INBOX = inbox_table(METADATA)
IDEMPOTENCY = idempotency_table(METADATA)
EFFECTS = sa.Table(
    "effects",
    METADATA,
    sa.Column("number", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("event_id", sa.Uuid, nullable=False),
    sa.Column("tenant", sa.Text),
)
"""What handlers and routes of these tests leave behind."""

Serve = Callable[[Callable[[web.Request], Awaitable[web.StreamResponse]]], Awaitable[str]]


@pytest.fixture(scope="session")
def plumbing_url(postgres: str) -> str:
    """The address of this worker's database with the plumbing's tables."""
    name = f"plumbing_{worker_name()}"
    url = urlunsplit(urlsplit(postgres)._replace(path=f"/{name}"))

    async def create() -> None:
        connection = await asyncpg.connect(postgres)
        await connection.execute(f'CREATE DATABASE "{name}"')
        await connection.close()
        engine = create_engine(url, pool_size=1)
        async with engine.begin() as tables:
            await tables.run_sync(METADATA.create_all)
        await engine.dispose()

    run_apart(lambda: asyncio.run(create()))
    return url


@pytest.fixture
async def engine(plumbing_url: str) -> AsyncIterator[AsyncEngine]:
    """An engine on the plumbing's tables, all empty."""
    engine = create_engine(plumbing_url, pool_size=5)
    async with engine.begin() as connection:
        names = ", ".join(table.name for table in METADATA.sorted_tables)
        await connection.execute(sa.text(f"TRUNCATE {names} RESTART IDENTITY"))
    yield engine
    await engine.dispose()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """The HTTP session of a process."""
    async with new_session() as session:
        yield session


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """`await serve(handler)`: a real server that gives every request to `handler`; its base address."""
    async with AsyncExitStack() as running:

        async def start(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> str:
            app = web.Application(client_max_size=8 * 1024 * 1024)
            app.router.add_route("*", "/{path:.*}", handler)
            runner = web.AppRunner(app, shutdown_timeout=0.1)
            await runner.setup()
            running.push_async_callback(runner.cleanup)
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            return site_address(site)

        yield start


def site_address(site: web.TCPSite) -> str:
    """`http://127.0.0.1:port` of a started site."""
    server = site._server
    assert isinstance(server, asyncio.Server)
    return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


class MovableTime:
    """Stands in for the `time` module of one module under test; `now` moves only when the test moves it."""

    def __init__(self) -> None:
        self.began = time.time()
        self.moved = 0.0

    def monotonic(self) -> float:
        return 1000.0 + self.moved

    def time(self) -> float:
        return self.began + self.moved

    def move(self, *, seconds: float) -> None:
        self.moved += seconds


@pytest.fixture
def moving(monkeypatch: pytest.MonkeyPatch) -> MovableTime:
    """The time as http_client, tokens and system_tokens see it."""
    movable = MovableTime()
    for module in (http_client, tokens, system_tokens):
        monkeypatch.setattr(module, "time", movable)
    return movable


async def until(condition: Callable[[], bool], *, within_seconds: float = 20) -> None:
    """Wait for a condition. Raises TimeoutError."""
    async with asyncio.timeout(within_seconds):
        while not condition():  # noqa: ASYNC110 - what is waited for happens in other threads and processes
            await asyncio.sleep(0.01)
