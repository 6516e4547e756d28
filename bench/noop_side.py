"""The side that the relay benchmarks are compared with: a Celery worker of two children that takes no-op tasks."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import redis.asyncio as redis

from bench.noop_worker import QUEUE, TASK
from bench.noop_worker import celery as noop_celery
from bench.running_system import System, beside
from bench.waiting import until
from shared.contracts.codes import Service
from shared.identifiers import new_id

CHILDREN = 2
_QUIET = ("--quiet", "-A", "bench.noop_worker", "worker", "-Q", QUEUE, "-c", str(CHILDREN), "-n", "bench@%h")
_LONELY = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "ERROR")


class NoopSide:
    """The worker and the broker that it shares with the product."""

    def __init__(self, broker: "redis.Redis") -> None:
        self._broker = broker

    async def tasks_per_second(self, count: int) -> float:
        """Queued while nobody listens, then taken."""
        control = noop_celery.control
        control.cancel_consumer(QUEUE, reply=True, timeout=10)
        with noop_celery.producer_pool.acquire(block=True) as producer:
            for _ in range(count):
                noop_celery.send_task(TASK, args=(str(new_id()),), queue=QUEUE, producer=producer)
        began = time.perf_counter()
        control.add_consumer(QUEUE)

        async def is_empty() -> bool:
            return int(await self._broker.llen(QUEUE)) == 0

        await until(is_empty)
        return count / (time.perf_counter() - began)


@asynccontextmanager
async def noop_side(system: System) -> AsyncIterator[NoopSide]:
    """Start the worker on the product's own broker; it ends with the benchmark."""
    redis_url = system.setting(Service.REFERRALS, "REDIS_URL")
    noop_celery.conf.broker_url = redis_url
    broker = redis.Redis.from_url(redis_url)
    try:
        async with beside("-m", "celery", *_QUIET, *_LONELY, environment={"BENCH_REDIS_URL": redis_url}):
            yield NoopSide(broker)
    finally:
        await broker.aclose()
