"""A hint without content over Valkey, so that an open page asks again sooner. Lost hints cost one poll, nothing else."""

import asyncio
from collections.abc import Iterable
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.notifications.use_cases.ports import Recipient
from shared.logs import get_logger

TIMEOUT_SECONDS = 0.5

_log = get_logger()


def channel_of(tenant_id: UUID, worker_id: UUID) -> str:
    """The channel of one worker's inbox; messages on it are empty."""
    return f"inbox-changed:{tenant_id}:{worker_id}"


class ValkeyHints:
    """The Hints port."""

    def __init__(self, redis_url: str) -> None:
        self._redis = Redis.from_url(redis_url, socket_connect_timeout=TIMEOUT_SECONDS, socket_timeout=TIMEOUT_SECONDS)

    async def changed(self, recipients: Iterable[Recipient]) -> None:
        """One round trip for all; whatever goes wrong is a log line."""
        names = sorted({channel_of(recipient.tenant_id, recipient.worker_id) for recipient in recipients})
        if not names:
            return
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS), self._redis.pipeline(transaction=False) as pipeline:
                for name in names:
                    pipeline.publish(name, b"")
                await pipeline.execute()
        except (RedisError, OSError, TimeoutError) as error:
            _log.warning("hint_lost", error_type=type(error).__name__, count=len(names))

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.aclose()
