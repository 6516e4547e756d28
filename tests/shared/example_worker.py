"""A worker of nothing but plumbing: `celery -A tests.shared.example_worker worker`, told by the environment whose."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import redis

from shared.contracts.codes import Service
from shared.logs import configure_logs, get_logger
from shared.task_queue import WorkerLoop, create_celery

SERVICE = Service(os.environ["EXAMPLE_SERVICE"])
REDIS_URL = os.environ["EXAMPLE_REDIS_URL"]
STUMBLE = Path(os.environ["EXAMPLE_STUMBLE_FILE"])

_log = get_logger()

celery = create_celery(SERVICE, redis_url=REDIS_URL)


@asynccontextmanager
async def resources() -> AsyncIterator[redis.Redis]:
    """A client to write down what happens; fails once where the stumble file lies."""
    configure_logs(SERVICE.value)
    if STUMBLE.exists():
        STUMBLE.unlink()
        raise OSError("Maria stumbled")
    with redis.Redis.from_url(REDIS_URL) as client:
        client.rpush(f"opened:{SERVICE.value}", os.getpid())
        yield client
        client.rpush(f"closed:{SERVICE.value}", os.getpid())


loop = WorkerLoop(resources)


async def _note(client: redis.Redis) -> None:
    running = asyncio.get_running_loop()
    await asyncio.sleep(0)
    client.rpush(f"ran:{SERVICE.value}", f"{os.getpid()} {id(running)}")
    _log.info("noted", count=1, name="Maria")


async def _fail(client: redis.Redis) -> None:
    client.rpush(f"ran:{SERVICE.value}", "fail")
    raise LookupError("Maria is not here")


@celery.task(name=f"{SERVICE.value}.note")  # type: ignore[untyped-decorator]
def note(**_: object) -> None:
    """Write down that it ran, and where."""
    loop.run(_note)


@celery.task(name=f"{SERVICE.value}.fail")  # type: ignore[untyped-decorator]
def fail(**_: object) -> None:
    """Fail with a name in the exception and, if sent so, in the arguments."""
    loop.run(_fail)
