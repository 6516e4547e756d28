"""A worker of referrals dies while it relays: its lease runs out, the facts go once more, and the consumer keeps each once."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from services.referrals.adapters.tables import outbox
from services.referrals.worker.schedule import RELAY
from shared.database import create_engine, transaction
from shared.outbox import LEASE, append
from tests.faults.consumer import Consumer
from tests.faults.crash_points import Point, Victim
from tests.faults.house import House
from tests.faults.running_worker import PATIENCE_SECONDS
from tests.faults.told_once import Told
from tests.fixtures.databases import ServiceDatabase


async def _commit(engine: AsyncEngine, told: Told) -> None:
    async with transaction(engine, tenant_id=told.tenant_id) as connection:
        await append(connection, outbox, told.events)


async def _attempts(engine: AsyncEngine, *, done: bool) -> list[int]:
    query = sa.select(outbox.c.attempts).where(outbox.c.done_at.is_not(None) if done else outbox.c.done_at.is_(None))
    async with transaction(engine, tenant_id=None) as connection:
        return list((await connection.execute(query)).scalars())


async def _handed_over(engine: AsyncEngine, *, attempts: int) -> None:
    """Wait until all three are marked as done, whichever process it was that did it."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await _attempts(engine, done=True) != [attempts] * 3:  # noqa: ASYNC110 - another process changes it
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("point", "arrivals"), [(Point.RELAY_LEASED, (0, 1)), (Point.RELAY_ANSWERED, (1, 2))], ids=["leased", "answered"]
)
async def test_what_a_dead_relay_held_is_handed_over_and_kept_once(
    house: House, consumer: Consumer, referrals_database: ServiceDatabase, point: Point, arrivals: tuple[int, int]
) -> None:
    engine = create_engine(referrals_database.runtime_url, pool_size=1)
    told = await house.offers()
    await _commit(engine, told)
    house.faults.arm(point, victim=Victim.CHILD)
    relay = house.start_referrals(referrals_database, notifications_url=consumer.url)
    notifications = house.start()
    relay.ring(RELAY)
    await relay.child_died()
    before, after = arrivals
    await relay.run(RELAY)
    assert [consumer.arrivals[event.id] for event in told.events] == [before] * 3, "a lease that runs is kept to"
    assert await _attempts(engine, done=False) == [1] * 3
    house.faults.pass_time(LEASE + timedelta(seconds=1))
    relay.ring(RELAY)
    await _handed_over(engine, attempts=2)
    assert [consumer.arrivals[event.id] for event in told.events] == [after] * 3
    await house.assert_told_once(told, after=notifications)
    await engine.dispose()


async def test_a_consumer_without_a_unique_event_id_is_found_out(
    house: House, consumer: Consumer, referrals_database: ServiceDatabase
) -> None:
    """The mutant keeps everything twice after the same fault, and is found out by the same look."""
    engine = create_engine(referrals_database.runtime_url, pool_size=1)
    consumer.mints_ids = True
    told = await house.offers()
    await _commit(engine, told)
    house.faults.arm(Point.RELAY_ANSWERED, victim=Victim.CHILD)
    relay = house.start_referrals(referrals_database, notifications_url=consumer.url)
    notifications = house.start()
    relay.ring(RELAY)
    await relay.child_died()
    house.faults.pass_time(LEASE + timedelta(seconds=1))
    relay.ring(RELAY)
    await _handed_over(engine, attempts=2)
    with pytest.raises(AssertionError, match="not kept exactly once"):
        await house.assert_told_once(told, after=notifications)
    await engine.dispose()
