"""The house in which things go wrong, and a consumer for what is relayed."""

from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from shared.contracts.codes import Service
from shared.database import create_engine
from shared.task_queue import create_celery
from tests.faults.consumer import Consumer
from tests.faults.crash_points import FaultFolder
from tests.faults.house import House
from tests.fixtures.databases import ServiceDatabase
from tests.fixtures.mail import SmtpServer
from tests.services.notifications.referrals_double import ReferralsDouble


@pytest.fixture
async def house(
    notifications_database: ServiceDatabase, valkey_url: str, smtp_server: SmtpServer, tmp_path: Path
) -> AsyncIterator[House]:
    """Nothing runs in it yet; whatever the test starts is killed afterwards."""
    engine = create_engine(notifications_database.runtime_url, pool_size=2)
    bells = create_celery(Service.NOTIFICATIONS, redis_url=valkey_url)
    referrals = ReferralsDouble()
    await referrals.start()
    with ExitStack() as stack:
        yield House(
            faults=FaultFolder.made_in(tmp_path),
            database=notifications_database,
            engine=engine,
            valkey_url=valkey_url,
            bells=bells,
            mail=smtp_server,
            referrals=referrals,
            stack=stack,
        )
    await referrals.stop()
    bells.close()
    await engine.dispose()


@pytest.fixture
async def consumer(house: House) -> AsyncIterator[Consumer]:
    """Notifications' side of the relay, on the house's own database."""
    running = Consumer(house.engine, clock=house.faults)
    await running.start()
    yield running
    await running.stop()
