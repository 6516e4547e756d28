"""Real workers on a real broker: each does its own service's work, and a lost bell harms nobody."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import redis

from shared import task_queue
from shared.contracts.codes import Service
from shared.task_queue import MOST_WAITING, Bell, create_celery
from tests.fixtures.brokers import PrivateValkey
from tests.shared.conftest import until

ROOT = Path(__file__).parents[2]
NOWHERE = "redis://127.0.0.1:1/0"


class Worker:
    """One started Celery worker of the example, and what it wrote down."""

    def __init__(self, service: Service, *, url: str, folder: Path, children: int = 2) -> None:
        self.service = service
        self.log = folder / f"{service.value}.log"
        self.broker = redis.Redis.from_url(url, decode_responses=True)
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "celery", "-A", "tests.shared.example_worker", "worker"),
                    *("-Q", service.value, "-c", str(children), "-n", f"{service.value}@%h"),
                    *("--without-gossip", "--without-mingle", "--without-heartbeat"),
                ],
                cwd=ROOT,
                env=os.environ
                | {
                    "EXAMPLE_SERVICE": service.value,
                    "EXAMPLE_REDIS_URL": url,
                    "EXAMPLE_STUMBLE_FILE": str(folder / "stumble"),
                    # a container's environment must not take the worker to another broker
                    "CELERY_BROKER_URL": NOWHERE,
                    "CELERY_BROKER_READ_URL": NOWHERE,
                    "BROKER_URL": NOWHERE,
                },
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def noted(self, what: str) -> list[str]:
        """The list `opened`, `ran` or `closed` of this service."""
        entries: Any = self.broker.lrange(f"{what}:{self.service.value}", 0, -1)
        return list(entries)

    async def has(self, what: str, count: int) -> list[str]:
        """Wait until that many were noted."""

        def enough() -> bool:
            if self.process.poll() is not None and what != "closed":
                raise RuntimeError(f"the worker ended: {self.log.read_text()[-2000:]}")
            return len(self.noted(what)) >= count

        try:
            await until(enough, within_seconds=40)
        except TimeoutError as error:
            raise TimeoutError(f"{self.noted(what)} {self.log.read_text()[-2000:]}") from error
        return self.noted(what)

    def entries(self) -> list[dict[str, Any]]:
        """The log's lines, after Celery's banner; each must be JSON without the secret word."""
        text = self.log.read_text(encoding="utf-8")
        assert "Maria" not in text
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]

    async def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            await asyncio.to_thread(self.process.wait, 25)
        finally:
            self.process.kill()
            self.broker.close()


StartWorker = Callable[..., Awaitable[Worker]]


@pytest.fixture
async def start_worker(valkey_url: str, tmp_path: Path) -> AsyncIterator[StartWorker]:
    async with AsyncExitStack() as running:

        async def start(service: Service, *, children: int = 2) -> Worker:
            worker = Worker(service, url=valkey_url, folder=tmp_path, children=children)
            running.push_async_callback(worker.stop)
            return worker

        yield start


async def test_two_services_on_one_broker_never_take_each_others_tasks(
    start_worker: StartWorker, valkey_url: str
) -> None:
    referrals, notifications = await start_worker(Service.REFERRALS), await start_worker(Service.NOTIFICATIONS)
    for worker in (referrals, notifications):
        await worker.has("opened", 2)
    sender = create_celery(Service.REFERRALS, redis_url=valkey_url)
    for _ in range(20):
        for worker in (referrals, notifications):
            sender.send_task(f"{worker.service.value}.note", queue=worker.service.value)
    for worker in (referrals, notifications):
        ran = await worker.has("ran", 20)
        assert len(ran) == 20
        assert {entry.split()[0] for entry in ran} <= set(worker.noted("opened"))
        assert "unregistered" not in worker.log.read_text(encoding="utf-8")


async def test_a_bell_reaches_the_worker_of_the_service_it_names(start_worker: StartWorker, valkey_url: str) -> None:
    worker = await start_worker(Service.NOTIFICATIONS)
    Bell(Service.REFERRALS, redis_url=valkey_url).ring("notifications.note")
    await worker.has("ran", 1)


async def test_a_child_has_one_loop_and_one_set_of_resources_and_closes_them(
    start_worker: StartWorker, valkey_url: str
) -> None:
    worker = await start_worker(Service.REFERRALS)
    opened = await worker.has("opened", 2)
    sender = create_celery(Service.REFERRALS, redis_url=valkey_url)
    for _ in range(30):
        sender.send_task("referrals.note", queue="referrals")
    ran = [entry.split() for entry in await worker.has("ran", 30)]
    loops = {child: {loop for its_child, loop in ran if its_child == child} for child, _ in ran}
    assert all(len(seen) == 1 for seen in loops.values()), "a task ran on another loop than the one before"
    assert len(opened) == len(set(opened)) == 2
    await worker.stop()
    with redis.Redis.from_url(valkey_url, decode_responses=True) as broker:
        assert sorted(broker.lrange("closed:referrals", 0, -1)) == sorted(opened)


async def test_a_child_whose_resources_failed_once_opens_them_for_its_next_task(
    start_worker: StartWorker, valkey_url: str, tmp_path: Path
) -> None:
    (tmp_path / "stumble").touch()
    worker = await start_worker(Service.REFERRALS, children=1)
    await until(lambda: not (tmp_path / "stumble").exists(), within_seconds=40)
    sender = create_celery(Service.REFERRALS, redis_url=valkey_url)
    for _ in range(3):
        sender.send_task("referrals.note", queue="referrals")
    ran = await worker.has("ran", 3)
    assert worker.noted("opened") == [ran[0].split()[0]], "the same child, opened at its first task and not again"


async def test_a_worker_stops_in_the_middle_of_a_failure_and_its_log_names_nobody(
    start_worker: StartWorker, valkey_url: str
) -> None:
    worker = await start_worker(Service.REFERRALS)
    await worker.has("opened", 2)
    sender = create_celery(Service.REFERRALS, redis_url=valkey_url)
    sender.send_task("referrals.note", queue="referrals", kwargs={"name": "Maria"})
    sender.send_task("referrals.fail", queue="referrals", kwargs={"name": "Maria"})
    await worker.has("ran", 2)
    await worker.stop()  # just when a result is under way: Celery's pool alone would often wait for half a minute here
    assert worker.process.returncode == 0
    entries = worker.entries()
    (noted,) = [entry for entry in entries if entry["event"] == "noted"]
    assert (noted["service"], noted["count"], noted["dropped_keys"]) == ("referrals", 1, 1)
    failures = [entry["event"] for entry in entries if entry.get("logger") == "celery.app.trace"]
    assert len(failures) == 1
    assert failures[0].startswith("LookupError at tests.shared.example_worker:")


def waiting(url: str, queue: str = "referrals") -> int:
    with redis.Redis.from_url(url) as broker:
        length: Any = broker.llen(queue)
        return int(length)


async def test_many_rings_in_a_moment_are_few_bells(valkey_url: str) -> None:
    bell = Bell(Service.REFERRALS, redis_url=valkey_url)
    for _ in range(2000):
        bell.ring("referrals.relay")
    bell.ring("notifications.sweep")
    await until(lambda: waiting(valkey_url, "notifications") == 1 and waiting(valkey_url) > 0)
    assert waiting(valkey_url) < 200


async def test_where_nobody_answers_the_bell_falls_silent(valkey_url: str) -> None:
    bell = Bell(Service.REFERRALS, redis_url=valkey_url)
    with redis.Redis.from_url(valkey_url) as broker:
        broker.rpush("referrals", *["waiting"] * MOST_WAITING)
        bell.ring("referrals.relay")
        bell.ring(
            "notifications.sweep"
        )  # rung after it, by the same thread: when it is there, the other was dealt with
        await until(lambda: waiting(valkey_url, "notifications") == 1)
        bell.ring("notifications.sweep")
        await until(lambda: waiting(valkey_url, "notifications") == 2)
    assert waiting(valkey_url) == MOST_WAITING


class Noted:
    """Stands in for the logger of the bell: where log lines go was settled by whichever test came first."""

    def __init__(self) -> None:
        self.events: list[str] = []

    def warning(self, event: str, **_: Any) -> None:
        """Keep the name of what happened."""
        self.events.append(event)


async def test_a_dead_broker_costs_bells_and_nothing_else(
    private_valkey: PrivateValkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted = Noted()
    monkeypatch.setattr(task_queue, "_log", noted)
    bell = Bell(Service.REFERRALS, redis_url=private_valkey.url)
    bell.ring("referrals.relay")
    await until(lambda: waiting(private_valkey.url) == 1)
    private_valkey.kill()
    bell.ring("referrals.relay")
    await until(lambda: "bell_lost" in noted.events)
    private_valkey.start()
    with redis.Redis.from_url(private_valkey.url) as broker:
        broker.flushdb()

    def rings() -> bool:
        bell.ring("referrals.relay")
        return waiting(private_valkey.url) > 0

    await until(rings)


async def test_a_silent_broker_keeps_nobody_waiting() -> None:
    """A broker that takes the connection and never answers: whoever rings is free at once."""
    with socket.create_server(("127.0.0.1", 0)) as black_hole:
        bell = Bell(Service.REFERRALS, redis_url=f"redis://127.0.0.1:{black_hole.getsockname()[1]}/0")
        bell.ring("referrals.relay")
        taken, _ = await asyncio.to_thread(black_hole.accept)
        with taken:
            rung = threading.Thread(target=lambda: [bell.ring("referrals.relay") for _ in range(1000)], daemon=True)
            rung.start()
            await asyncio.to_thread(rung.join, 20)
            assert not rung.is_alive()


def test_a_bell_made_and_rung_before_a_fork_still_rings_after_it(valkey_url: str) -> None:
    script = (
        "import os, sys, time, redis\n"
        "from shared.task_queue import Bell\n"
        "from shared.contracts.codes import Service\n"
        "bell = Bell(Service.REFERRALS, redis_url=sys.argv[1])\n"
        "broker = redis.Redis.from_url(sys.argv[1])\n"
        "def wait_for(count):\n"
        "    until = time.monotonic() + 20\n"
        "    while broker.llen('referrals') < count and time.monotonic() < until: time.sleep(0.01)\n"
        "    return broker.llen('referrals') >= count\n"
        "bell.ring('referrals.relay')\n"
        "assert wait_for(1)\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    bell.ring('referrals.relay')\n"
        "    os._exit(0 if wait_for(2) else 1)\n"
        "sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
    )
    done = subprocess.run([sys.executable, "-c", script, valkey_url], cwd=ROOT, timeout=60, check=False)
    assert done.returncode == 0


def test_the_variables_that_override_a_broker_are_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CELERY_BROKER_URL", "CELERY_BROKER_READ_URL", "CELERY_BROKER_WRITE_URL", "CELERY_RESULT_BACKEND"):
        monkeypatch.setenv(name, NOWHERE)
    application = create_celery(Service.REFERRALS, redis_url="redis://127.0.0.1:2/0")
    assert application.connection_for_write().as_uri(include_password=True) == "redis://127.0.0.1:2/0"
    assert application.connection_for_read().as_uri(include_password=True) == "redis://127.0.0.1:2/0"
    assert application.conf.result_backend is None
