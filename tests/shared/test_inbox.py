"""What arrives is kept once, applied once, and a poison event keeps nobody waiting."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.clock import FixedClock
from shared.contracts.events import Event, EventBatch, EventBatchReceipt, EventType
from shared.database import transaction
from shared.event_intake import store
from shared.identifiers import new_id
from shared.inbox import (
    LONGEST_BACK_OFF,
    MAX_ATTEMPTS,
    NO_TENANT,
    RETENTION,
    Handler,
    InboxProcessor,
    purge,
    replay,
)
from tests.shared.conftest import EFFECTS, INBOX
from tests.shared.events import NOW, OTHER_TENANT, TENANT, exhausted, offered


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


async def receive(engine: AsyncEngine, *events: Event | dict[str, Any], clock: FixedClock) -> EventBatchReceipt:
    raw = [event.model_dump(mode="json") if isinstance(event, Event) else event for event in events]
    async with transaction(engine, tenant_id=None) as connection:
        return await store(connection, EventBatch(events=tuple(raw)), clock=clock)


async def rows(engine: AsyncEngine) -> list[Any]:
    async with engine.connect() as connection:
        return list((await connection.execute(sa.select(INBOX).order_by(INBOX.c.event_id))).all())


async def effects(engine: AsyncEngine) -> list[Any]:
    async with engine.connect() as connection:
        return list((await connection.execute(sa.select(EFFECTS).order_by(EFFECTS.c.number))).all())


async def leave_effect(connection: AsyncConnection, event: Event) -> None:
    """The plainest handler: one row, with the tenant that the transaction speaks for."""
    tenant = sa.func.current_setting("handrail.tenant_id", True)
    await connection.execute(sa.insert(EFFECTS).values(event_id=event.id, tenant=tenant))


def processor(engine: AsyncEngine, handler: Handler, *, clock: FixedClock) -> InboxProcessor:
    return InboxProcessor(engine=engine, table=INBOX, handlers={EventType.HANDOFF_OFFERED: handler}, clock=clock)


async def test_duplicates_are_stored_once(engine: AsyncEngine, clock: FixedClock) -> None:
    one, two = offered(), offered()
    assert await receive(engine, one, one, clock=clock) == EventBatchReceipt(stored=1, already_known=1)
    assert await receive(engine, two, one, clock=clock) == EventBatchReceipt(stored=1, already_known=1)
    assert [row.event_id for row in await rows(engine)] == [one.id, two.id]


async def test_a_processed_event_that_comes_again_has_no_second_effect(engine: AsyncEngine, clock: FixedClock) -> None:
    event = offered()
    await receive(engine, event, clock=clock)
    inbox = processor(engine, leave_effect, clock=clock)
    assert await inbox.drain() == 1
    await receive(engine, event, clock=clock)
    assert await inbox.drain() == 0
    assert len(await effects(engine)) == 1


async def test_overlapping_batches_in_opposite_order_do_not_lock_each_other_out(
    engine: AsyncEngine, clock: FixedClock
) -> None:
    events = [offered() for _ in range(100)]
    await asyncio.gather(*(receive(engine, *batch, clock=clock) for batch in (events, events[::-1]) * 2))
    assert len(await rows(engine)) == 100


async def test_each_event_is_applied_for_its_own_tenant_and_in_the_order_of_its_ids(
    engine: AsyncEngine, clock: FixedClock
) -> None:
    events = [offered(tenant_id=tenant) for tenant in (TENANT, OTHER_TENANT, OTHER_TENANT, TENANT)]
    await receive(engine, *reversed(events), clock=clock)
    assert await processor(engine, leave_effect, clock=clock).run_once() == 4
    applied = [(row.event_id, row.tenant) for row in await effects(engine)]
    for tenant in (TENANT, OTHER_TENANT):
        mine = [(event.id, str(tenant)) for event in events if event.data["tenant_id"] == str(tenant)]
        assert [one for one in applied if one[1] == str(tenant)] == mine
    assert {(row.state, row.processed_at, row.last_error) for row in await rows(engine)} == {("processed", NOW, None)}


async def test_what_nobody_here_needs_is_ignored_visibly(engine: AsyncEngine, clock: FixedClock) -> None:
    await receive(engine, exhausted(), clock=clock)
    assert await processor(engine, leave_effect, clock=clock).run_once() == 1
    assert [row.state for row in await rows(engine)] == ["ignored"]
    assert await effects(engine) == []


async def test_what_is_known_to_be_of_no_use_is_ignored_on_arrival(engine: AsyncEngine, clock: FixedClock) -> None:
    needed = {EventType.HANDOFF_OFFERED}
    raw = [exhausted().model_dump(mode="json"), offered().model_dump(mode="json"), {"type": "ladder.exhausted"}]
    async with transaction(engine, tenant_id=None) as connection:
        receipt = await store(connection, EventBatch(events=tuple(raw)), clock=clock, needed=needed)
    assert receipt.stored == 3
    kept = {(row.type, row.tenant_id == NO_TENANT): (row.state, row.processed_at) for row in await rows(engine)}
    assert kept == {
        ("ladder.exhausted", False): ("ignored", NOW),
        ("handoff.offered", False): ("pending", None),
        ("ladder.exhausted", True): ("pending", None),  # says not whose it is: a person should see it
    }


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"id": "not an id", "type": 5, "data": []},
        {"id": str(UUID(int=5)), "type": "half \ud800 a pair", "data": {"tenant_id": "\ud800"}},
        {"id": str(UUID(int=5)), "type": "n\0l", "data": {"tenant_id": str(TENANT), "word": "\0"}},
        {"id": str(UUID(int=5)), "type": "handoff.offered", "number": float("nan"), "data": {}},
        {"id": "{00000000-0000-0000-0000-000000000005}", "type": "handoff.unheard_of", "data": {"tenant_id": 7}},
    ],
)
async def test_an_unreadable_event_is_kept_and_quarantined_at_once(
    engine: AsyncEngine, clock: FixedClock, raw: dict[str, Any]
) -> None:
    good = offered()
    assert (await receive(engine, raw, good, clock=clock)).stored == 2
    assert (await receive(engine, raw, good, clock=clock)).already_known == 2
    assert await processor(engine, leave_effect, clock=clock).drain() == 1
    states = {row.event_id: (row.state, row.last_error) for row in await rows(engine)}
    assert states.pop(good.id) == ("processed", None)
    assert list(states.values()) == [("quarantined", "ValidationError")]


async def test_an_event_that_names_no_tenant_is_filed_under_none(engine: AsyncEngine, clock: FixedClock) -> None:
    await receive(engine, {"id": str(UUID(int=5))}, clock=clock)
    assert [row.tenant_id for row in await rows(engine)] == [NO_TENANT]


async def test_data_that_breaks_the_contract_is_quarantined_when_it_is_read(
    engine: AsyncEngine, clock: FixedClock
) -> None:
    event = offered()
    await receive(engine, event.model_copy(update={"data": {"tenant_id": str(TENANT)}}), clock=clock)

    async def read(_: AsyncConnection, event: Event) -> None:
        event.read()

    assert await processor(engine, read, clock=clock).run_once() == 0
    assert [(row.state, row.attempts) for row in await rows(engine)] == [("quarantined", 1)]


async def test_poison_is_tried_and_quarantined_while_others_flow_and_can_be_replayed(
    engine: AsyncEngine, clock: FixedClock
) -> None:
    before, poison, after = (offered() for _ in range(3))
    is_mended = False

    async def handle(connection: AsyncConnection, event: Event) -> None:
        await leave_effect(connection, event)
        if event.id == poison.id and not is_mended:
            raise LookupError("Maria Beispiel is not here")

    inbox = processor(engine, handle, clock=clock)
    await receive(engine, before, poison, after, clock=clock)
    assert await inbox.run_once() == 2
    assert [row.event_id for row in await effects(engine)] == [before.id, after.id], "a failed handler left an effect"
    for attempt in range(1, MAX_ATTEMPTS):
        row = (await rows(engine))[1]
        assert (row.state, row.attempts, row.last_error) == ("pending", attempt, "LookupError")
        assert await inbox.run_once() == 0, "tried again before its time"
        clock.advance(row.available_at - clock.now())
        latecomer = offered()
        await receive(engine, latecomer, clock=clock)
        assert await inbox.run_once() == 1
    row = (await rows(engine))[1]
    assert (row.state, row.attempts) == ("quarantined", MAX_ATTEMPTS)
    clock.advance(timedelta(days=1))
    assert await inbox.drain() == 0

    is_mended = True
    async with transaction(engine, tenant_id=None) as connection:
        assert await replay(connection, INBOX, event_id=poison.id, clock=clock)
        assert not await replay(connection, INBOX, event_id=before.id, clock=clock)
        assert not await replay(connection, INBOX, event_id=new_id(), clock=clock)
    assert await inbox.drain() == 1
    assert (await effects(engine))[-1].event_id == poison.id
    assert (await rows(engine))[1].state == "processed"


async def test_a_passing_failure_is_overcome(engine: AsyncEngine, clock: FixedClock) -> None:
    event = offered()
    await receive(engine, event, clock=clock)
    tries = 0

    async def fail_twice(connection: AsyncConnection, event: Event) -> None:
        nonlocal tries
        tries += 1
        # once in the batch and once alone make one attempt; so the second attempt succeeds in the batch
        if tries <= 2:
            await connection.execute(sa.text("SELECT 1/0"))
        await leave_effect(connection, event)

    inbox = processor(engine, fail_twice, clock=clock)
    assert await inbox.run_once() == 0
    assert [(row.attempts, row.last_error) for row in await rows(engine)] == [(1, "DBAPIError")]
    clock.advance(LONGEST_BACK_OFF)
    assert await inbox.run_once() == 1
    assert [(row.state, row.attempts, row.last_error) for row in await rows(engine)] == [("processed", 1, None)]
    assert len(await effects(engine)) == 1


async def test_two_processors_at_once_apply_each_event_once(engine: AsyncEngine, clock: FixedClock) -> None:
    events = [offered() for _ in range(200)]
    await receive(engine, *events, clock=clock)
    failing = {event.id for event in events[::40]}
    attempts = Counter[UUID]()

    async def handle(connection: AsyncConnection, event: Event) -> None:
        attempts[event.id] += 1
        await leave_effect(connection, event)
        if event.id in failing and attempts[event.id] <= 2:
            raise LookupError("not yet")

    inboxes = [processor(engine, handle, clock=clock) for _ in range(2)]
    for _ in range(MAX_ATTEMPTS):
        await asyncio.gather(*(inbox.drain() for inbox in inboxes))
        clock.advance(LONGEST_BACK_OFF)
    assert sorted(row.event_id for row in await effects(engine)) == sorted(event.id for event in events)
    assert {row.state for row in await rows(engine)} == {"processed"}


async def test_a_lost_connection_is_noted_on_the_event_over_a_fresh_one(engine: AsyncEngine, clock: FixedClock) -> None:
    await receive(engine, offered(), clock=clock)

    async def cut_the_line(connection: AsyncConnection, _: Event) -> None:
        await connection.execute(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))

    inbox = processor(engine, cut_the_line, clock=clock)
    await inbox.run_once()
    (row,) = await rows(engine)
    assert (row.state, row.attempts) == ("pending", 1)


async def test_only_what_was_dealt_with_long_ago_is_forgotten(engine: AsyncEngine, clock: FixedClock) -> None:
    await receive(engine, offered(), exhausted(), {}, clock=clock)
    inbox = processor(engine, leave_effect, clock=clock)
    await inbox.drain()
    clock.advance(RETENTION + timedelta(seconds=1))
    await receive(engine, offered(), clock=clock)
    async with transaction(engine, tenant_id=None) as connection:
        assert await purge(connection, INBOX, clock=clock) == 2
    assert sorted(row.state for row in await rows(engine)) == ["pending", "quarantined"]
