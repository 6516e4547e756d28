"""Events that are applied together, where a handler can; poison among them is found and harms nobody else."""

from collections.abc import Sequence
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.clock import FixedClock
from shared.contracts.events import Event, EventType
from shared.inbox import InboxProcessor
from tests.shared.conftest import INBOX
from tests.shared.events import NOW, OTHER_TENANT, TENANT, exhausted, offered
from tests.shared.test_inbox import effects, leave_effect, receive, rows


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


async def test_events_are_applied_together_where_the_handler_can(engine: AsyncEngine, clock: FixedClock) -> None:
    events = [offered(tenant_id=tenant) for tenant in (TENANT, OTHER_TENANT, TENANT)]
    await receive(engine, *events, exhausted(), clock=clock)
    batches: list[list[UUID]] = []

    async def together(connection: AsyncConnection, batch: Sequence[Event]) -> None:
        batches.append([event.id for event in batch])
        for event in batch:
            await leave_effect(connection, event)

    processor = InboxProcessor(
        engine=engine, table=INBOX, handlers={}, batch_handlers={EventType.HANDOFF_OFFERED: together}, clock=clock
    )
    assert await processor.run_once() == 4
    assert sorted(batches) == sorted([[events[0].id, events[2].id], [events[1].id]])
    assert {(row.tenant, row.event_id) for row in await effects(engine)} == {
        (event.data["tenant_id"], event.id) for event in events
    }
    assert sorted(row.state for row in await rows(engine)) == ["ignored", "processed", "processed", "processed"]


async def test_poison_in_a_batch_is_found_and_the_others_are_applied(engine: AsyncEngine, clock: FixedClock) -> None:
    good, bad = offered(), offered()
    await receive(engine, good, bad, clock=clock)

    async def together(connection: AsyncConnection, batch: Sequence[Event]) -> None:
        for event in batch:
            if event.id == bad.id:
                raise RuntimeError("poison")
            await leave_effect(connection, event)

    processor = InboxProcessor(
        engine=engine, table=INBOX, handlers={}, batch_handlers={EventType.HANDOFF_OFFERED: together}, clock=clock
    )
    assert await processor.run_once() == 1
    assert [row.event_id for row in await effects(engine)] == [good.id]
    states = {row.event_id: (row.state, row.last_error) for row in await rows(engine)}
    assert states == {good.id: ("processed", None), bad.id: ("pending", "RuntimeError")}
