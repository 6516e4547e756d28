"""The other side of the relay benchmarks: a Celery task that does nothing, with Celery's own defaults."""

import os

from celery import Celery

QUEUE = "bench_noop"
TASK = "bench.noop"

celery = Celery("bench", broker=os.environ.get("BENCH_REDIS_URL", "redis://127.0.0.1:1/0"), set_as_current=False)
celery.conf.update(task_default_queue=QUEUE, task_ignore_result=True, worker_hijack_root_logger=False)


@celery.task(name=TASK)  # type: ignore[untyped-decorator]
def noop(event_id: str) -> None:
    """Nothing at all."""
