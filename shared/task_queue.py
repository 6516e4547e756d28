"""Celery is the doorbell and the hands; PostgreSQL is the memory. A lost bell costs one sweep interval, nothing else."""

import asyncio
import os
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import billiard.pool  # type: ignore[import-untyped]
import redis
import uvloop
from celery import Celery
from celery.signals import setup_logging, worker_before_create_process, worker_process_init, worker_process_shutdown

from shared.contracts.codes import Service
from shared.loaded_memory import set_loaded_memory_aside
from shared.logs import configure_logs, get_logger

ResourcesT = TypeVar("ResourcesT")
ResultT = TypeVar("ResultT")

_log = get_logger()

_COALESCE_SECONDS = 0.005
_PAUSE_SECONDS = 0.05
"""Between two rounds of ringing: a ring costs milliseconds of this process, and a worker finds all that waits anyway."""
MOST_WAITING = 20
"""A queue with so many bells is not being answered: another one would say nothing new, and be answered in vain later."""
_BROKER_SECONDS = 2.0
_PARTING_TENTHS = 20
"""A child that ends its task after the parent was told to stop waits for the parent to read the result, and the parent
waits for the child: half a minute by default. The result is of no use to us, so two seconds are enough."""
_OVERRIDES = (
    "CELERY_BROKER_URL",
    "CELERY_BROKER_READ_URL",
    "CELERY_BROKER_WRITE_URL",
    "CELERY_RESULT_BACKEND",
    "CELERY_CONFIG_MODULE",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ScheduleEntry:
    """A task that the beat rings: its name and how often."""

    task: str
    every_seconds: float


def queue_of(task: str) -> str:
    """The queue of a task, which its name begins with: `service.verb`, or `service.queue.verb` where a service has more than one."""
    return task.rpartition(".")[0]


def create_celery(service: Service, *, redis_url: str) -> Celery:
    """The Celery application of one service, on a queue of its own: other workers would throw its tasks away."""
    # These variables would silently override the broker that the settings name.
    for variable in _OVERRIDES:
        os.environ.pop(variable, None)
    billiard.pool.GUARANTEE_MESSAGE_CONSUMPTION_RETRY_LIMIT = _PARTING_TENTHS
    setup_logging.connect(_keep_our_logs, weak=False, dispatch_uid="handrail.logs")
    worker_before_create_process.connect(_before_fork, weak=False, dispatch_uid="handrail.memory")
    application = Celery(f"handrail.{service.value}", broker=redis_url, set_as_current=False)
    application.conf.update(
        task_default_queue=service.value,
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,  # would take our own log lines in and lose them
        worker_cancel_long_running_tasks_on_connection_loss=True,
        worker_send_task_events=False,
        worker_proc_alive_timeout=60.0,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "visibility_timeout": 300,
            "socket_connect_timeout": 2.0,
            "socket_timeout": 10.0,
            "health_check_interval": 10,
            "retry_on_timeout": False,
        },
        task_publish_retry=False,
    )
    return application


def _keep_our_logs(**_: Any) -> None:
    """Being connected is enough: Celery then sets up no logs of its own, which print arguments and tracebacks.

    The worker's own resources configure the logs in each child; what the parent says meanwhile goes the same way.
    """
    configure_logs("worker")


def _before_fork(**_: Any) -> None:
    set_loaded_memory_aside()


class Bell:
    """Rings for workers after a commit. Never blocks, never raises; the same ring twice in a moment is one ring."""

    def __init__(self, service: Service, *, redis_url: str) -> None:
        self._application = create_celery(service, redis_url=redis_url)
        self._broker = redis.Redis.from_url(
            redis_url, socket_connect_timeout=_BROKER_SECONDS, socket_timeout=_BROKER_SECONDS
        )
        self._waiting: set[str] = set()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def ring(self, task: str) -> None:
        """Ask for `task` to run soon, on the queue that its name begins with."""
        with self._changed:
            self._waiting.add(task)
            if self._thread is None or not self._thread.is_alive():
                # Started on first use, so that a bell made before a fork still rings after it.
                self._thread = threading.Thread(target=self._keep_ringing, name="doorbell", daemon=True)
                self._thread.start()
            self._changed.notify()

    def _keep_ringing(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting)
                self._changed.wait(_COALESCE_SECONDS)
                tasks, self._waiting = self._waiting, set()
            for task in tasks:
                self._send(task)
            time.sleep(_PAUSE_SECONDS)

    def _send(self, task: str) -> None:
        queue = queue_of(task)
        try:
            if self._broker.llen(queue) < MOST_WAITING:
                self._application.send_task(task, queue=queue, retry=False, ignore_result=True)
        except Exception as error:  # noqa: BLE001 - the broker may fail in any way; the sweep finds what this bell missed
            _log.warning("bell_lost", task=task, error_type=type(error).__name__)


class WorkerLoop(Generic[ResourcesT]):
    """One event loop, and one set of resources (engine, HTTP session), per worker child; made after the fork."""

    def __init__(self, open_resources: Callable[[], AbstractAsyncContextManager[ResourcesT]]) -> None:
        self._open_resources = open_resources
        self._loop: asyncio.AbstractEventLoop | None = None
        self._context: AbstractAsyncContextManager[ResourcesT] | None = None
        self._resources: ResourcesT | None = None
        self._process_id: int | None = None
        worker_process_init.connect(self._opened, weak=False)
        worker_process_shutdown.connect(self._closed, weak=False)

    def run(self, work: Callable[[ResourcesT], Awaitable[ResultT]]) -> ResultT:
        """Run `work` on this process's loop, with its resources."""
        if self._process_id != os.getpid():
            self._opened()
        assert self._loop is not None
        assert self._resources is not None
        return self._loop.run_until_complete(_awaited(work(self._resources)))

    def _opened(self, **_: Any) -> None:
        loop = uvloop.new_event_loop()
        asyncio.set_event_loop(loop)
        context = self._open_resources()
        try:
            self._resources = loop.run_until_complete(context.__aenter__())
        except BaseException:
            loop.close()  # the next task tries again; Celery only logs what a signal handler raises
            raise
        self._loop, self._context, self._process_id = loop, context, os.getpid()

    def _closed(self, **_: Any) -> None:
        if self._loop is None or self._context is None or self._process_id != os.getpid():
            return
        self._loop.run_until_complete(self._context.__aexit__(None, None, None))
        self._loop.close()
        self._loop = None
        self._process_id = None


async def _awaited(work: Awaitable[ResultT]) -> ResultT:
    return await work
