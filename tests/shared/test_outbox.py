"""Facts are carried until the consumer has them: through races, crashes, outages and refusals."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
import sqlalchemy as sa
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.clock import FixedClock
from shared.contracts.events import Event
from shared.database import transaction
from shared.outbox import LEASE, LONGEST_BACK_OFF, RETENTION, Relay, append, outbox_rows, purge
from tests.shared.conftest import INBOX, OUTBOX, Serve
from tests.shared.consumer import Consumer, make_relay
from tests.shared.events import NOW, exhausted, offered


@pytest.fixture
async def consumer(engine: AsyncEngine) -> Consumer:
    return Consumer(engine)


@pytest.fixture
async def address(consumer: Consumer, serve: Serve) -> str:
    return await serve(consumer.answer)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def relay(engine: AsyncEngine, address: str, session: aiohttp.ClientSession, clock: FixedClock) -> Relay:
    return make_relay(engine, address=address, session=session, clock=clock)


async def put(engine: AsyncEngine, *events: Event) -> None:
    async with transaction(engine, tenant_id=None) as connection:
        await append(connection, OUTBOX, events)


async def rows(engine: AsyncEngine) -> list[Any]:
    async with engine.connect() as connection:
        return list((await connection.execute(sa.select(OUTBOX).order_by(OUTBOX.c.event_id))).all())


async def stored(engine: AsyncEngine) -> list[Any]:
    async with engine.connect() as connection:
        return list((await connection.execute(sa.select(INBOX.c.event_id).order_by(INBOX.c.event_id))).scalars())


async def test_a_rolled_back_change_tells_nobody(engine: AsyncEngine) -> None:
    async def change_and_fail() -> None:
        async with transaction(engine, tenant_id=None) as connection:
            await append(connection, OUTBOX, [offered()])
            raise RuntimeError("the change failed")

    with pytest.raises(RuntimeError, match="the change failed"):
        await change_and_fail()
    assert await rows(engine) == []


async def test_facts_arrive_in_order_as_they_were_written(
    engine: AsyncEngine, relay: Relay, consumer: Consumer
) -> None:
    events = [offered() for _ in range(5)]
    await put(engine, *reversed(events))
    assert await relay.run_once() == 5
    assert consumer.batches == [[str(event.id) for event in events]]
    assert all(row.done_at == NOW and row.lease_token is None and row.attempts == 1 for row in await rows(engine))
    assert await relay.run_once() == 0


async def test_only_the_named_consumer_is_told(engine: AsyncEngine, relay: Relay, consumer: Consumer) -> None:
    await put(engine, exhausted())
    assert await relay.run_once() == 0
    assert consumer.batches == []
    assert [row["consumer"] for row in outbox_rows([exhausted(), offered()])] == ["referrals", "notifications"]


async def test_more_than_one_batch_drains(engine: AsyncEngine, relay: Relay, consumer: Consumer) -> None:
    events = [offered() for _ in range(450)]
    await put(engine, *events)
    assert await relay.drain() == 450
    # two lanes share the rest as they come to it, so only the largest batch and the whole are certain
    assert max(len(batch) for batch in consumer.batches) == 200
    assert sorted(id for batch in consumer.batches for id in batch) == sorted(str(event.id) for event in events)


async def test_two_relays_at_once_never_carry_the_same_row(
    engine: AsyncEngine, consumer: Consumer, address: str, session: aiohttp.ClientSession, clock: FixedClock
) -> None:
    events = [offered() for _ in range(600)]
    await put(engine, *events)
    relays = [make_relay(engine, address=address, session=session, clock=clock) for _ in range(2)]
    assert sum(await asyncio.gather(*(relay.drain() for relay in relays))) == 600
    carried = [event_id for batch in consumer.batches for event_id in batch]
    assert sorted(carried) == sorted(str(event.id) for event in events)


async def test_a_leased_row_is_invisible_while_its_batch_is_under_way(
    engine: AsyncEngine,
    relay: Relay,
    consumer: Consumer,
    address: str,
    session: aiohttp.ClientSession,
    clock: FixedClock,
) -> None:
    await put(engine, offered())
    other = make_relay(engine, address=address, session=session, clock=clock)
    seen_by_other: list[int] = []

    async def meanwhile(_: list[dict[str, Any]]) -> None:
        seen_by_other.append(await other.run_once())

    consumer.before = meanwhile
    assert await relay.run_once() == 1
    assert seen_by_other == [0]


async def test_a_crash_after_posting_posts_again_and_is_stored_once(
    engine: AsyncEngine, relay: Relay, consumer: Consumer, clock: FixedClock
) -> None:
    event = offered()
    await put(engine, event)
    arrived = asyncio.Event()

    async def note() -> None:
        arrived.set()
        await asyncio.Event().wait()  # the answer never leaves: the relay dies first

    consumer.after = note
    dying = asyncio.create_task(relay.run_once())
    await arrived.wait()
    dying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await dying
    consumer.after = None
    assert await relay.run_once() == 0, "the dead relay's lease still holds"
    clock.advance(LEASE)
    assert await relay.run_once() == 1
    assert consumer.batches == [[str(event.id)]] * 2
    assert await stored(engine) == [event.id]


async def test_a_consumer_that_is_down_is_asked_again_later_and_later(
    engine: AsyncEngine, relay: Relay, consumer: Consumer, clock: FixedClock
) -> None:
    await put(engine, offered(), offered())

    async def down(_: list[dict[str, Any]]) -> web.Response:
        return web.Response(status=503)

    consumer.before = down
    waits = []
    for attempt in range(1, 8):
        assert await relay.run_once() == 0
        first, second = await rows(engine)
        assert (first.attempts, first.last_error, first.lease_token) == (attempt, "server_error_503", None)
        assert second.available_at == first.available_at
        waits.append((first.available_at - clock.now()).total_seconds())
        clock.advance(first.available_at - clock.now() - timedelta(milliseconds=1))
        assert await relay.run_once() == 0
        assert (await rows(engine))[0].attempts == attempt, "asked before its time"
        clock.advance(timedelta(milliseconds=1))
    assert waits == [0.5, 1, 2, 4, 4, 4, 4]
    assert max(waits) == LONGEST_BACK_OFF.total_seconds()
    consumer.before = None
    assert await relay.run_once() == 2
    assert all(row.done_at is not None and row.last_error is None for row in await rows(engine))


async def test_a_relay_whose_lease_ran_out_cannot_mark_the_row(
    engine: AsyncEngine,
    relay: Relay,
    consumer: Consumer,
    address: str,
    session: aiohttp.ClientSession,
    clock: FixedClock,
) -> None:
    await put(engine, offered())
    other = make_relay(engine, address=address, session=session, clock=clock)
    calls = 0

    async def slow_first_then_down(_: list[dict[str, Any]]) -> web.Response | None:
        nonlocal calls
        calls += 1
        if calls == 1:
            clock.advance(LEASE)
            assert await other.run_once() == 0
            return None
        return web.Response(status=503)

    consumer.before = slow_first_then_down
    await relay.run_once()
    (row,) = await rows(engine)
    assert calls == 2
    assert (row.done_at, row.last_error, row.attempts) == (None, "server_error_503", 2), "the stale lease marked it"


async def test_a_fact_that_the_consumer_refuses_to_read_delays_no_other(
    engine: AsyncEngine, relay: Relay, consumer: Consumer, clock: FixedClock
) -> None:
    events = [offered() for _ in range(20)]
    poison = str(events[7].id)
    await put(engine, *events)

    async def refuse_poison(batch: list[dict[str, Any]]) -> web.Response | None:
        return web.Response(status=422) if poison in [event["id"] for event in batch] else None

    consumer.before = refuse_poison
    assert await relay.run_once() == 19
    waiting = [row for row in await rows(engine) if row.done_at is None]
    assert [(str(row.event_id), row.last_error) for row in waiting] == [(poison, "refused_422")]
    assert waiting[0].available_at > clock.now()
    assert len(await stored(engine)) == 19
    consumer.before = None
    clock.advance(LONGEST_BACK_OFF)
    assert await relay.run_once() == 1


async def test_a_batch_that_is_too_large_is_sent_in_parts(
    engine: AsyncEngine, relay: Relay, consumer: Consumer
) -> None:
    await put(engine, *(offered() for _ in range(16)))

    async def small_only(batch: list[dict[str, Any]]) -> web.Response | None:
        return web.Response(status=413) if len(json.dumps(batch)) > 4000 else None

    consumer.before = small_only
    assert await relay.run_once() == 16
    assert max(len(batch) for batch in consumer.batches) < 16


async def test_a_refusal_of_the_relay_itself_is_not_asked_in_parts(
    engine: AsyncEngine, relay: Relay, consumer: Consumer
) -> None:
    await put(engine, *(offered() for _ in range(8)))
    asked = 0

    async def refuse(_: list[dict[str, Any]]) -> web.Response:
        nonlocal asked
        asked += 1
        return web.Response(status=403)

    consumer.before = refuse
    assert await relay.run_once() == 0
    assert asked == 1
    assert {row.last_error for row in await rows(engine)} == {"refused_403"}


async def test_an_answer_that_is_no_receipt_proves_nothing(
    engine: AsyncEngine, relay: Relay, consumer: Consumer
) -> None:
    await put(engine, offered())

    async def garbage(_: list[dict[str, Any]]) -> web.Response:
        return web.Response(text="<html>fine</html>")

    consumer.before = garbage
    assert await relay.run_once() == 0
    (row,) = await rows(engine)
    assert (row.done_at, row.last_error) == (None, "answer_malformed")


async def test_only_what_was_handed_over_long_ago_is_forgotten(
    engine: AsyncEngine, relay: Relay, clock: FixedClock
) -> None:
    await put(engine, offered())
    await relay.run_once()
    await put(engine, offered(), exhausted())
    clock.advance(RETENTION)
    async with transaction(engine, tenant_id=None) as connection:
        assert await purge(connection, OUTBOX, clock=clock) == 0
    clock.advance(timedelta(seconds=1))
    async with transaction(engine, tenant_id=None) as connection:
        assert await purge(connection, OUTBOX, clock=clock) == 1
    assert [row.done_at for row in await rows(engine)] == [None, None]
