"""Tells open pages that their inbox changed: one Valkey subscription per process, no content, nothing kept."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

from shared.logs import get_logger

PATTERN = "inbox-changed:*"
_PAUSE_SECONDS = 2.0

_log = get_logger()


class LiveHints:
    """Wakes whoever waits for a worker's inbox. While Valkey is away nobody is woken, and pages ask by themselves."""

    def __init__(self, url: str | None) -> None:
        self._url = url
        self._waiting: dict[str, set[asyncio.Event]] = defaultdict(set)
        self._listening: asyncio.Task[None] | None = None

    @property
    def open_streams(self) -> int:
        """How many pages wait now."""
        return sum(len(events) for events in self._waiting.values())

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Listen as long as the process runs."""
        if self._url is not None:
            self._listening = asyncio.create_task(self._listen(self._url), name="live hints")
        try:
            yield
        finally:
            if self._listening is not None:
                self._listening.cancel()
                await asyncio.wait([self._listening])

    @asynccontextmanager
    async def waiting(self, *, tenant_id: UUID, worker_id: UUID) -> AsyncIterator[asyncio.Event]:
        """An event that is set whenever this worker's inbox changes; the waiter clears it."""
        name = f"inbox-changed:{tenant_id}:{worker_id}"
        event = asyncio.Event()
        self._waiting[name].add(event)
        try:
            yield event
        finally:
            self._waiting[name].discard(event)
            if not self._waiting[name]:
                del self._waiting[name]

    def wake(self, name: str) -> None:
        """Set the events of one channel."""
        for event in self._waiting.get(name, ()):
            event.set()

    async def _listen(self, url: str) -> None:
        while True:
            redis = Redis.from_url(url, socket_connect_timeout=1.0)
            try:
                async with redis.pubsub() as subscription:
                    await subscription.psubscribe(PATTERN)
                    async for message in subscription.listen():
                        if message["type"] == "pmessage":
                            self.wake(message["channel"].decode())
            except (RedisError, OSError) as error:
                _log.warning("hints_unreachable", error_type=type(error).__name__)
            finally:
                await redis.aclose()
            await asyncio.sleep(_PAUSE_SECONDS)
