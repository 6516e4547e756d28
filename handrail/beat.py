"""The one beat: rings every service's periodic tasks by name. Safe if two run, because every task is safe to run again.

A small loop instead of Celery's own beat: it must ring again by itself after the broker was away, must never wait without
limit, and must not pile up bells for a worker that is down.

    HANDRAIL_BEAT_REDIS_URL=… HANDRAIL_BEAT_HEARTBEAT_FILE=… python -m handrail.beat
"""

import os
import signal
import threading
import time
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import redis
from celery import Celery
from celery.exceptions import CeleryError
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from handrail.runtime.named_settings import setting
from handrail.runtime.processes import exists
from shared.contracts.codes import Service
from shared.logs import configure_logs, get_logger
from shared.task_queue import MOST_WAITING, ScheduleEntry, create_celery, queue_of

_RETRY_ONCE = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.1}
_BROKER_SECONDS = 2.0

_log = get_logger()


def collect_schedules() -> tuple[ScheduleEntry, ...]:
    """Every entry of every service that has a schedule. Raises ValueError when two services name the same task."""
    entries: dict[str, ScheduleEntry] = {}
    for service in Service:
        module = f"services.{service.value}.worker.schedule"
        if not exists(module):
            continue
        schedule: dict[str, ScheduleEntry] = import_module(module).BEAT_SCHEDULE
        for entry in schedule.values():
            if entry.task in entries or entry.task.partition(".")[0] != service.value:
                raise ValueError(f"`{module}` rings `{entry.task}`, which is not its own or is rung twice")
            entries[entry.task] = entry
    return tuple(entries.values())


class Beat:
    """Rings each entry when it is due. A broker that is away costs the bells of that time, nothing else."""

    def __init__(self, entries: Sequence[ScheduleEntry], *, redis_url: str, heartbeat_file: Path) -> None:
        self._entries = tuple(entries)
        self._due = {entry.task: 0.0 for entry in entries}
        self._heartbeat_file = heartbeat_file
        self._broker = redis.Redis.from_url(
            redis_url, socket_connect_timeout=_BROKER_SECONDS, socket_timeout=_BROKER_SECONDS
        )
        self._application = _application(redis_url)
        self._away = False

    def run(self, stop: threading.Event) -> None:
        """Ring until told to stop."""
        while not stop.is_set():
            now = time.monotonic()
            for entry in self._entries:
                if self._due[entry.task] <= now:
                    self._due[entry.task] = now + entry.every_seconds
                    self._ring(entry)
            self._heartbeat_file.write_text(f"{os.getpid()}\n", encoding="utf-8")
            earliest = min(self._due.values(), default=now + 1.0)
            stop.wait(min(1.0, max(0.0, earliest - time.monotonic())))

    def _ring(self, entry: ScheduleEntry) -> None:
        queue = queue_of(entry.task)
        try:
            if self._broker.llen(queue) < MOST_WAITING:
                self._application.send_task(
                    entry.task, queue=queue, ignore_result=True, retry=True, retry_policy=_RETRY_ONCE
                )
        except (RedisError, KombuError, CeleryError, OSError) as error:
            if not self._away:
                _log.warning("broker_away", error_type=type(error).__name__)
            self._away = True
        else:
            if self._away:
                _log.info("broker_back")
            self._away = False


def _application(redis_url: str) -> Celery:
    application = create_celery(Service.REFERRALS, redis_url=redis_url)  # only its connection is used
    application.conf.broker_transport_options = {**application.conf.broker_transport_options, **_RETRY_ONCE}
    return application


def main() -> None:
    """Ring until SIGTERM or SIGINT."""
    configure_logs("beat")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    beat = Beat(
        collect_schedules(),
        redis_url=setting("HANDRAIL_BEAT_REDIS_URL"),
        heartbeat_file=Path(os.environ["HANDRAIL_BEAT_HEARTBEAT_FILE"]),
    )
    beat.run(stop)


if __name__ == "__main__":
    main()
