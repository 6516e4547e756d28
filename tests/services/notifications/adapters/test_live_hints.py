"""Hints reach whoever listens, carry nothing, and are lost without harm."""

import asyncio
from datetime import timedelta
from uuid import uuid4

from redis.asyncio import Redis

from services.notifications.adapters.live_hints import ValkeyHints, channel_of
from services.notifications.use_cases.ports import Recipient
from shared.contracts.events import EventType
from tests.services.notifications.conftest import House
from tests.services.notifications.journeys import Journey


async def test_a_page_hears_that_its_inbox_changed(house: House, valkey_url: str) -> None:
    journey, worker = Journey(), uuid4()
    async with Redis.from_url(valkey_url) as redis, redis.pubsub() as listening:
        await listening.subscribe(channel_of(journey.tenant_id, worker))
        await listening.get_message(timeout=5)

        async def heard() -> object:
            async with asyncio.timeout(10):
                while (message := await listening.get_message(ignore_subscribe_messages=True, timeout=5)) is None:
                    pass
                return message["data"]

        await house.live(journey.offered(worker, version=2))
        assert await heard() == b""
        await house.live(journey.step(EventType.HANDOFF_ACCEPTED, version=3, worker_id=worker))
        assert await heard() == b""


async def test_a_lost_hint_stops_nothing() -> None:
    hints = ValkeyHints("redis://127.0.0.1:1/0")
    await hints.changed([Recipient(uuid4(), uuid4())])
    await hints.changed([])
    await hints.close()


async def test_without_valkey_items_are_shown_all_the_same(house: House) -> None:
    dead = ValkeyHints("redis://127.0.0.1:1/0")
    object.__setattr__(house.rounds, "hints", dead)
    await house.live(Journey().offered(uuid4(), version=2))
    assert [row.state for row in await house.items()] == ["open"]
    await house.wait(timedelta(hours=5))
    assert [row.type for row in await house.outbox()] == ["ladder.exhausted"]
    await dead.close()
