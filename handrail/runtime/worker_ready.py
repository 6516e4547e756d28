"""Asks Celery workers over the broker whether they are there, until each has answered.

A worker that answers a ping has a connection to the broker and takes tasks. It runs as a program of its own, so that the
supervisor need not carry Celery about.

    HANDRAIL_BEAT_REDIS_URL=… python -m handrail.runtime.worker_ready referrals notifications.outgoing
"""

import asyncio
import os
import sys
from collections.abc import Mapping

from celery.exceptions import CeleryError
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from handrail.runtime.spawning import Command, spawn_watched
from shared.contracts.codes import Service
from shared.task_queue import create_celery

_ANSWER_SECONDS = 0.5


class WorkerReadiness:
    """One asking program for all workers that are being waited for; started on demand, ended with its last answer."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._waiting: set[str] = set()
        self._answered: set[str] = set()
        self._asking: asyncio.Task[None] | None = None

    async def is_ready(self, queue: str) -> bool:
        """Whether this queue's worker has answered since it was last asked for; the answer is used up."""
        if queue in self._answered:
            self._answered.discard(queue)
            return True
        self._waiting.add(queue)
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())
        return False

    async def _ask(self) -> None:
        await asyncio.sleep(0.2)  # gathers those that are started together
        asked, self._waiting = self._waiting, set()
        command = Command(
            name="worker-ready",
            argv=(sys.executable, "-m", "handrail.runtime.worker_ready", *sorted(asked)),
            environment=self._environment,
        )
        process = await spawn_watched(command, output=asyncio.subprocess.PIPE)
        assert process.stdout is not None
        async for line in process.stdout:
            if (name := line.decode().strip()) in asked:
                self._answered.add(name)
        await process.wait()


def main() -> None:
    """Print each name as its worker answers; end when all have, or when nobody reads any longer."""
    missing = set(sys.argv[1:])
    application = create_celery(Service.REFERRALS, redis_url=os.environ["HANDRAIL_BEAT_REDIS_URL"])
    while missing:
        try:
            replies = application.control.ping(timeout=_ANSWER_SECONDS) or []
        except (CeleryError, KombuError, RedisError, OSError):
            continue  # the broker is not there; every attempt already waits for its own time limit
        for name in {node.partition("@")[0] for reply in replies for node in reply} & missing:
            missing.discard(name)
            sys.stdout.write(name + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
