"""A real Celery worker process on a real Valkey: rung, it delivers; its tasks carry nothing."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from services.notifications.worker import schedule
from shared.contracts.codes import Service
from shared.contracts.events import EventType
from shared.task_queue import create_celery
from tests.fixtures.mail import SmtpServer
from tests.services.notifications.conftest import House
from tests.services.notifications.journeys import NOON, Journey
from tests.services.notifications.referrals_double import ReferralsDouble

ROOT = Path(__file__).parents[4]


@pytest.fixture
def worker(house: House, tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    settings = house.settings
    environment = os.environ | {
        "HANDRAIL_PROFILE": "demo",
        "HANDRAIL_NOTIFICATIONS_DATABASE_URL": settings.database_url.get_secret_value(),
        "HANDRAIL_NOTIFICATIONS_REDIS_URL": settings.redis_url.get_secret_value(),
        "HANDRAIL_NOTIFICATIONS_CURSOR_KEY": "k" * 32,
        "HANDRAIL_NOTIFICATIONS_REFERRALS_URL": settings.referrals_url,
        "HANDRAIL_NOTIFICATIONS_SMTP_HOST": settings.smtp_host,
        "HANDRAIL_NOTIFICATIONS_SMTP_PORT": str(settings.smtp_port),
        "HANDRAIL_NOTIFICATIONS_DATABASE_POOL_SIZE": "2",
    }
    command = [sys.executable, "-m", "celery", "-A", "services.notifications.worker.entry", "worker"]
    options = [
        "-Q",
        "notifications,notifications.outgoing",
        "-c",
        "1",
        "--without-gossip",
        "--without-mingle",
        "--without-heartbeat",
    ]
    with (tmp_path / "worker.log").open("wb") as log:
        process = subprocess.Popen([*command, *options], env=environment, cwd=ROOT, stdout=log, stderr=log)
    yield process
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


async def until(house: House, wanted: object, *, within: float = 60) -> None:
    """Wait until the states of all items are these."""
    async with asyncio.timeout(within):
        while sorted(row.state for row in await house.items()) != wanted:  # noqa: ASYNC110 - another process changes it
            await asyncio.sleep(0.02)


async def test_rung_for_an_event_the_worker_shows_sends_and_notices(
    house: House, worker: "subprocess.Popen[bytes]", smtp_server: SmtpServer, referrals: ReferralsDouble
) -> None:
    assert worker.poll() is None
    journey, peer = Journey(), uuid4()
    address = await house.reach(journey.tenant_id, peer)
    await house.hear(
        journey.offered(peer, version=2, ladder="demo_standard")
    )  # due in the past: the clock is real here
    house.resources.bell.ring(schedule.PROCESS_INBOX)
    await until(house, ["open"])
    (mail,) = await asyncio.to_thread(smtp_server.wait_for, 1)
    assert mail.recipients == (address,)
    house.resources.bell.ring(schedule.SWEEP)  # the time to answer was over years ago
    async with asyncio.timeout(60):
        while not referrals.events:  # noqa: ASYNC110 - another process sends it
            await asyncio.sleep(0.02)
    assert [event["type"] for event in referrals.events] == ["ladder.exhausted"]
    await house.hear(journey.step(EventType.HANDOFF_ACCEPTED, version=3, worker_id=peer))
    house.resources.bell.ring(schedule.PROCESS_INBOX)
    await until(house, ["closed"])
    assert house.clock.now() > NOON


def test_no_task_takes_an_argument(house: House) -> None:
    from inspect import signature

    from services.notifications.main import create_worker

    celery = create_worker(house.settings)
    ours = [task for name, task in celery.tasks.items() if name.startswith("notifications.")]
    assert len(ours) == 7
    assert all(not signature(task.run).parameters for task in ours)
    assert celery.conf.task_default_queue == "notifications"
    plain = create_celery(Service.NOTIFICATIONS, redis_url=house.settings.redis_url.get_secret_value())
    assert celery.conf.broker_url == plain.conf.broker_url


async def test_old_events_are_forgotten_and_nothing_else(house: House) -> None:
    from datetime import timedelta

    await house.live(Journey().offered(uuid4(), version=2))
    assert await house.rounds.forget_old() == 0
    house.clock.advance(timedelta(days=31))
    assert await house.rounds.forget_old() == 1
    assert len(await house.items()) == 1
