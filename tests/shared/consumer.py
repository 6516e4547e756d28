"""The other end of the relay: a real server with a real inbox, that can be told to misbehave."""

from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.clock import FixedClock
from shared.contracts.codes import Service
from shared.contracts.events import EventBatch
from shared.database import transaction
from shared.event_intake import store
from shared.http_client import Breaker, ServiceClient
from shared.outbox import Relay
from tests.shared.conftest import OUTBOX
from tests.shared.events import NOW


class Consumer:
    """A real server that stores what it is sent in a real inbox; `before` may refuse, wait or crash first."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.batches: list[list[str]] = []
        self.before: Callable[[list[dict[str, Any]]], Awaitable[web.Response | None]] | None = None
        self.after: Callable[[], Awaitable[None]] | None = None

    async def answer(self, request: web.Request) -> web.Response:
        assert request.path == "/internal/events"
        batch = EventBatch.model_validate(await request.json())
        if self.before is not None:
            refusal = await self.before(list(batch.events))
            if refusal is not None:
                return refusal
        self.batches.append([event["id"] for event in batch.events])
        async with transaction(self.engine, tenant_id=None) as connection:
            receipt = await store(connection, batch, clock=FixedClock(NOW))
        if self.after is not None:
            await self.after()
        return web.json_response(text=receipt.model_dump_json())


def make_relay(engine: AsyncEngine, *, address: str, session: aiohttp.ClientSession, clock: FixedClock) -> Relay:
    # without a breaker that opens: these tests count what the relay itself does
    client = ServiceClient(
        base_url=address,
        target=Service.NOTIFICATIONS,
        session=session,
        tokens=None,
        breaker=Breaker(threshold=1_000_000),
    )
    return Relay(engine=engine, table=OUTBOX, consumers={Service.NOTIFICATIONS: client}, clock=clock)
