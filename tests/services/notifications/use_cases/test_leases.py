"""What happens to work whose worker died, and to a worker who comes back too late."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from services.notifications.adapters import tables
from services.notifications.adapters.deliveries import PostgresDeliveries
from services.notifications.adapters.event_handlers import EventHandlers
from services.notifications.adapters.ladder_files import read_ladders
from services.notifications.domain.codes import Channel, DeliveryCode, DeliveryState
from services.notifications.domain.outcomes import Delivered, Outcome, RetryAfter, Settled
from services.notifications.domain.sending import INBOX_LEASE
from services.notifications.use_cases.deliver_due import show_items
from services.notifications.use_cases.ports import Message
from services.notifications.use_cases.send_messages import MESSAGE_LEASE, SEND_BUDGET, send_messages
from services.notifications.use_cases.settle_deliveries import settle_deliveries
from shared.contracts.entitlements import EntitlementAnswer, EntitlementQuestion
from shared.contracts.events import Event, EventType
from shared.database import transaction
from shared.identifiers import new_id
from shared.inbox import InboxProcessor
from tests.fixtures.mail import SmtpServer
from tests.services.notifications.conftest import House
from tests.services.notifications.journeys import Journey


class Died(Exception):  # noqa: N818
    """The worker process is gone."""


async def test_killed_between_claim_and_commit_of_an_event(house: House) -> None:
    """The transaction that applied the event is lost with its effect; the next worker finds the event as it was."""
    journey = Journey()
    await house.hear(journey.offered(uuid4(), version=2))
    handlers = EventHandlers(ladders=read_ladders(with_demo=True), clock=house.clock).by_type_together()
    reached = asyncio.Event()

    async def hang(connection: Any, events: Sequence[Event]) -> None:
        await handlers[EventType.HANDOFF_OFFERED](connection, events)
        reached.set()
        await asyncio.Event().wait()

    dying = InboxProcessor(
        engine=house.resources.engine,
        table=tables.event_inbox,
        handlers={},
        batch_handlers={EventType.HANDOFF_OFFERED: hang},
        clock=house.clock,
    )
    doomed = asyncio.create_task(dying.run_once())
    await reached.wait()
    other = await house.other()
    await other.process()  # the event is held: nothing to do for anybody else
    assert await house.items() == []
    doomed.cancel()
    await asyncio.gather(doomed, return_exceptions=True)
    await other.process()
    assert [row.state for row in await house.items()] == ["open"]


async def test_killed_between_commit_and_acknowledgement(house: House, smtp_server: SmtpServer) -> None:
    """Celery gives the unacknowledged task to another worker: everything is done already."""
    journey, worker = Journey(), uuid4()
    await house.reach(journey.tenant_id, worker)
    await house.live(journey.offered(worker, version=2))
    other = await house.other()
    await other.process()
    await other.sweep()
    assert [row.state for row in await house.items()] == ["open"]
    assert len(smtp_server.messages) == 1


async def test_a_lease_that_ran_out_is_taken_over_and_the_first_holder_changes_nothing(house: House) -> None:
    await house.hear(Journey().offered(uuid4(), version=2))
    await house.rounds.apply_events()
    first = PostgresDeliveries(house.resources.engine)
    (held,) = house.rounds.take_to_show()
    other = await house.other()
    await other.deliver()
    assert [row.state for row in await house.items()] == ["pending"]  # still leased
    house.clock.advance(INBOX_LEASE)
    await other.deliver()
    (item,) = await house.items()
    assert item.state == "open"
    late = Settled(DeliveryState.SUPPRESSED, "not_a_party")
    changed, announced = await settle_deliveries([(held, late)], deliveries=first, clock=house.clock)
    assert (changed, announced) == (set(), False)
    assert [row.state for row in await house.items()] == ["open"]
    assert [row.state for row in await house.deliveries(step=0)] == ["delivered"]


async def test_a_late_holder_cannot_mark_while_the_second_one_is_at_it(house: House) -> None:
    await house.hear(Journey().offered(uuid4(), version=2))
    await house.rounds.apply_events()
    store = PostgresDeliveries(house.resources.engine)
    (first,) = house.rounds.take_to_show()
    house.clock.advance(INBOX_LEASE)
    (second,) = await store.claim(Channel.INBOX, limit=1, now=house.clock.now(), lease=INBOX_LEASE)
    assert first.delivery_id == second.delivery_id
    done = Settled(DeliveryState.DELIVERED, attempted=True)
    assert await settle_deliveries([(first, done)], deliveries=store, clock=house.clock) == (set(), False)
    assert [row.state for row in await house.items()] == ["pending"]
    changed, _ = await settle_deliveries([(second, done)], deliveries=store, clock=house.clock)
    assert [recipient.worker_id for recipient in changed] == [first.worker_id]


async def test_two_processes_delivering_at_once_show_and_send_each_once(house: House, smtp_server: SmtpServer) -> None:
    other = await house.other()
    tenant = uuid4()
    workers = [uuid4() for _ in range(25)]
    for worker in workers:
        await house.reach(tenant, worker)
    await house.hear(*(Journey(tenant_id=tenant).offered(worker, version=2) for worker in workers))
    await asyncio.gather(*(one.process() for one in (house, other)))
    await asyncio.gather(*(one.sweep() for one in (house, other)))
    assert [row.state for row in await house.items()] == ["open"] * 25
    house.clock.advance(timedelta(seconds=5))  # e-mails that met an item not shown yet
    await asyncio.gather(*(one.sweep() for one in (house, other)))
    assert sorted(mail.recipients[0] for mail in smtp_server.messages) == sorted(
        f"{worker.hex[:12]}@people.example" for worker in workers
    )


class Postbox:
    """A way out that does something in the middle of sending."""

    def __init__(self, meanwhile: Any, outcome: Outcome) -> None:
        self._meanwhile = meanwhile
        self._outcome = outcome
        self.sent: list[Message] = []

    async def send(self, message: Message) -> Outcome:
        self.sent.append(message)
        await self._meanwhile()
        return self._outcome


async def _send_with(house: House, postbox: Postbox) -> None:
    rounds = house.rounds
    await send_messages(
        deliveries=rounds.deliveries,
        entitlements=rounds.entitlements,
        senders={Channel.EMAIL: postbox},
        book=rounds.book,
        gates=rounds.gates,
        clock=house.clock,
        new_id=new_id,
        most_in_window=3,
    )


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Delivered(), ("delivered", None)),
        (RetryAfter(DeliveryCode.TEMPORARILY_REFUSED), ("cancelled", "accepted")),
    ],
)
async def test_accepted_while_the_email_was_on_its_way(
    house: House, outcome: Outcome, expected: tuple[str, str | None]
) -> None:
    journey, worker = Journey(), uuid4()
    await house.reach(journey.tenant_id, worker)
    await house.hear(journey.offered(worker, version=2))
    await house.rounds.apply_events()
    await _deliver_inbox(house)

    async def accept() -> None:
        await house.hear(journey.step(EventType.HANDOFF_ACCEPTED, version=3, worker_id=worker))
        await house.rounds.apply_events()

    await _send_with(house, Postbox(accept, outcome))
    (row,) = await house.deliveries(step=1)
    assert (row.state, row.code) == expected


async def test_withdrawn_while_referrals_was_asked(house: House) -> None:
    journey, worker = Journey(), uuid4()
    await house.hear(journey.offered(worker, version=2))
    await house.rounds.apply_events()
    ask = house.rounds.entitlements.ask

    class Meanwhile:
        async def ask(self, questions: Sequence[EntitlementQuestion]) -> list[EntitlementAnswer]:
            answers = await ask(questions)
            await house.hear(journey.step(EventType.HANDOFF_WITHDRAWN, version=3))
            await house.rounds.apply_events()
            return answers

    taken = house.rounds.take_to_show()
    await show_items(taken, deliveries=house.rounds.deliveries, entitlements=Meanwhile(), clock=house.clock)
    assert [row.opened_at for row in await house.items()] == [None]
    assert {(row.state, row.code) for row in await house.deliveries()} == {("cancelled", "withdrawn")}


async def test_accepted_while_the_item_was_about_to_be_shown(house: House) -> None:
    journey, worker = Journey(), uuid4()
    await house.hear(journey.offered(worker, version=2))
    await house.rounds.apply_events()
    store = PostgresDeliveries(house.resources.engine)
    (held,) = house.rounds.take_to_show()
    await house.hear(journey.step(EventType.HANDOFF_WITHDRAWN, version=3))
    await house.rounds.apply_events()
    done = Settled(DeliveryState.DELIVERED, attempted=True)
    await settle_deliveries([(held, done)], deliveries=store, clock=house.clock)
    (item,) = await house.items()
    assert (item.state, item.opened_at) == ("hidden", None)
    (row,) = await house.deliveries(step=0)
    assert (row.state, row.code) == ("cancelled", "withdrawn")


async def test_an_item_that_is_being_ended_right_now_is_settled_after_that(house: House) -> None:
    """Settling never waits while it holds something: what is held by others is taken alone, afterwards."""
    first, second = Journey(), Journey()
    await house.hear(first.offered(uuid4(), version=2), second.offered(uuid4(), version=2))
    await house.rounds.apply_events()
    held_item = (await house.items())[0]
    async with transaction(house.resources.engine, tenant_id=None) as connection:
        locked = sa.select(tables.items).where(tables.items.c.item_id == held_item.item_id).with_for_update()
        await connection.execute(locked)
        delivering = asyncio.create_task(_deliver_inbox(house))

        async with asyncio.timeout(10):
            while [row.state for row in await house.items()].count("open") < 1:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert not delivering.done()
    await delivering
    assert {row.state for row in await house.items()} == {"open"}


async def test_no_message_is_begun_with_little_of_its_lease_left(house: House) -> None:
    tenant, workers = uuid4(), [uuid4() for _ in range(9)]
    for worker in workers:
        await house.reach(tenant, worker)
    await house.hear(*(Journey(tenant_id=tenant).offered(worker, version=2) for worker in workers))
    await house.rounds.apply_events()
    await _deliver_inbox(house)
    slow = False

    async def dawdle() -> None:
        nonlocal slow
        if not slow:
            slow = True
            house.clock.advance(MESSAGE_LEASE - SEND_BUDGET + timedelta(seconds=1))

    postbox = Postbox(dawdle, Delivered())
    await _send_with(house, postbox)
    waiting = [row for row in await house.deliveries(step=1) if row.state == "retry"]
    assert len(postbox.sent) + len(waiting) == 9
    assert len(waiting) >= 1
    smooth = Postbox(_nothing, Delivered())
    await _send_with(house, smooth)
    assert len(postbox.sent) + len(smooth.sent) == 9
    assert len({message.message_id for message in postbox.sent + smooth.sent}) == 9


async def _nothing() -> None:
    return None


async def _deliver_inbox(house: House) -> None:
    rounds = house.rounds
    taken = rounds.take_to_show()
    await show_items(taken, deliveries=rounds.deliveries, entitlements=rounds.entitlements, clock=house.clock)


async def test_an_email_waits_until_its_item_is_shown(house: House, smtp_server: SmtpServer) -> None:
    journey, worker = Journey(), uuid4()
    await house.reach(journey.tenant_id, worker)
    await house.hear(journey.offered(worker, version=2))
    await house.rounds.apply_events()
    await _send_with(house, Postbox(_nothing, Delivered()))
    (row,) = await house.deliveries(step=1)
    assert (row.state, row.code, row.attempts) == ("retry", "item_not_shown_yet", 0)
    await house.wait(timedelta(seconds=5))
    assert len(smtp_server.messages) == 1
