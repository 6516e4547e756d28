"""The other end of referrals' relay: a real server that keeps what it is sent in the real inbox of notifications."""

from collections import Counter
from uuid import UUID

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.clock import Clock
from shared.contracts.events import EventBatch
from shared.database import transaction
from shared.event_intake import store
from shared.identifiers import new_id
from shared.outbox import EVENTS_PATH


class Consumer:
    """`arrivals` counts how often each event came. A mutant `mints_ids`: its inbox has no unique event id."""

    def __init__(self, engine: AsyncEngine, *, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._runner: web.AppRunner | None = None
        self.arrivals: Counter[UUID] = Counter()
        self.mints_ids = False
        self.url = ""

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post(EVENTS_PATH, self._receive)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _receive(self, request: web.Request) -> web.Response:
        batch = EventBatch.model_validate(await request.json())
        self.arrivals.update(UUID(str(event["id"])) for event in batch.events)
        if self.mints_ids:
            batch = EventBatch(events=tuple(event | {"id": str(new_id())} for event in batch.events))
        async with transaction(self._engine, tenant_id=None) as connection:
            receipt = await store(connection, batch, clock=self._clock)
        return web.json_response(text=receipt.model_dump_json())
