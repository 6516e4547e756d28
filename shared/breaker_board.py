"""The breakers of workers, who answer no HTTP: each process says now and then how its own stand, and an API shows them.

Best effort, over Valkey: what nobody has repeated for a minute is gone, and a board that cannot be reached is an empty one.
"""

import asyncio
import json
import os
import socket
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta

from redis.asyncio import Redis
from redis.exceptions import RedisError

from shared.contracts.codes import Service
from shared.http_client import ServiceClient
from shared.logs import get_logger

SAID_FOR = timedelta(minutes=1)
_TIMEOUT_SECONDS = 0.5

_log = get_logger()


class BreakerBoard:
    """What the worker processes of one service have said of their neighbours. Connects for each word and each look."""

    def __init__(self, service: Service, *, redis_url: str) -> None:
        self._prefix = f"breakers:{service.value}:"
        self._redis_url = redis_url

    async def say(self, clients: Sequence[ServiceClient]) -> None:
        """How this process's breakers stand. Never raises for anything the other side does."""
        stand = {client.target.value: int(client.is_cut_off) for client in clients}
        key = f"{self._prefix}{socket.gethostname()}:{os.getpid()}"
        try:
            async with asyncio.timeout(_TIMEOUT_SECONDS), self._open() as redis:
                await redis.set(key, json.dumps(stand), ex=SAID_FOR)
        except (RedisError, OSError, TimeoutError) as error:
            _log.warning("breakers_not_said", error_type=type(error).__name__)

    async def open_by_target(self) -> Mapping[str, int]:
        """Of each neighbour how many processes do not ask it now; empty where none has said anything lately."""
        try:
            async with asyncio.timeout(_TIMEOUT_SECONDS), self._open() as redis:
                keys = [key async for key in redis.scan_iter(match=f"{self._prefix}*")]
                said = await redis.mget(keys) if keys else []
        except (RedisError, OSError, TimeoutError):
            return {}
        found: Counter[str] = Counter()
        for stand in said:
            found.update(json.loads(stand or "{}"))
        return found

    def _open(self) -> "Redis":
        return Redis.from_url(self._redis_url, socket_connect_timeout=_TIMEOUT_SECONDS, socket_timeout=_TIMEOUT_SECONDS)
