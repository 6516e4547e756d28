"""The beat on a real Valkey."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

from handrail import beat
from handrail.beat import Beat, collect_schedules
from shared.contracts.codes import Service
from shared.task_queue import MOST_WAITING, ScheduleEntry, queue_of
from tests.fixtures.brokers import PrivateValkey
from tests.handrail.waiting import until

OFTEN = ScheduleEntry(task="referrals.sweep", every_seconds=0.05)
SELDOM = ScheduleEntry(task="notifications.sweep", every_seconds=3600)


@contextmanager
def ringing(made: Beat) -> Iterator[threading.Thread]:
    """The beat on a thread, stopped in the end."""
    stop = threading.Event()
    thread = threading.Thread(target=made.run, args=(stop,))
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        thread.join(30)
        assert not thread.is_alive()


def made(url: str, tmp_path: Path, *entries: ScheduleEntry) -> Beat:
    return Beat(entries, redis_url=url, heartbeat_file=tmp_path / "heartbeat")


def test_each_task_is_rung_by_name_on_its_services_queue(valkey_url: str, tmp_path: Path) -> None:
    with redis.Redis.from_url(valkey_url) as broker:
        with ringing(made(valkey_url, tmp_path, OFTEN, SELDOM)):
            until(lambda: broker.llen("referrals") >= 2, what="the frequent task is rung again")
        assert broker.llen("notifications") == 1
        headers = json.loads(broker.lindex("notifications", 0))["headers"]
    assert headers["task"] == "notifications.sweep"
    assert (tmp_path / "heartbeat").exists()


def test_bells_do_not_pile_up_for_a_worker_that_is_down(valkey_url: str, tmp_path: Path) -> None:
    with redis.Redis.from_url(valkey_url) as broker:
        broker.rpush("referrals", *["waiting"] * MOST_WAITING)
        eager = made(valkey_url, tmp_path, OFTEN, ScheduleEntry(task="notifications.count", every_seconds=0.05))
        with ringing(eager):
            until(lambda: broker.llen("notifications") >= 3, what="three rounds have passed")
        assert broker.llen("referrals") == MOST_WAITING


def test_it_rings_again_after_the_broker_was_away(private_valkey: PrivateValkey, tmp_path: Path) -> None:
    heartbeat = tmp_path / "heartbeat"
    with ringing(made(private_valkey.url, tmp_path, OFTEN)) as thread:
        with redis.Redis.from_url(private_valkey.url) as broker:
            until(lambda: broker.llen("referrals") > 0, what="it rings")
        until(heartbeat.exists, what="it has gone round once")
        private_valkey.kill()
        for _ in range(2):  # the first of them may have begun before the broker went away
            heartbeat.unlink()
            until(heartbeat.exists, what="it goes round without a broker")
        assert thread.is_alive()
        private_valkey.start()
        with redis.Redis.from_url(private_valkey.url) as broker:
            broker.delete("referrals")
            until(lambda: broker.llen("referrals") > 0, what="it rings again")


def test_every_entry_belongs_to_its_service() -> None:
    for entry in collect_schedules():
        assert entry.every_seconds > 0
        assert queue_of(entry.task).partition(".")[0] in {service.value for service in Service}


def test_a_service_cannot_ring_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    class Schedule:
        BEAT_SCHEDULE = {"foreign": ScheduleEntry(task="referrals.sweep", every_seconds=5)}  # noqa: RUF012

    monkeypatch.setattr(beat, "exists", lambda module: module == "services.identity.worker.schedule")
    monkeypatch.setattr(beat, "import_module", lambda _: Schedule)
    with pytest.raises(ValueError, match=r"rings `referrals\.sweep`"):
        collect_schedules()
