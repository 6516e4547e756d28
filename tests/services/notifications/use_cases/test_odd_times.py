"""Facts that come from the future, from years ago, or about what nobody here has heard of."""

from datetime import timedelta
from uuid import uuid4

from services.notifications.adapters.tables import event_inbox
from shared.contracts.events import EventType
from tests.fixtures.mail import SmtpServer
from tests.services.notifications.conftest import House
from tests.services.notifications.journeys import NOON, Journey


async def test_a_producer_whose_clock_is_ahead_keeps_nobody_waiting(house: House, smtp_server: SmtpServer) -> None:
    ahead, worker = Journey(began=NOON + timedelta(hours=6)), uuid4()
    await house.reach(ahead.tenant_id, worker)
    await house.live(ahead.offered(worker, version=2))
    (item,) = await house.items()
    assert (item.state, item.opened_at) == ("open", house.clock.now())
    assert len(smtp_server.messages) == 1


async def test_a_fact_of_two_years_ago_is_shown_once_and_passed_on(house: House, smtp_server: SmtpServer) -> None:
    old, worker = Journey(began=NOON - timedelta(days=730)), uuid4()
    await house.reach(old.tenant_id, worker)
    await house.live(old.offered(worker, version=2))
    for _ in range(3):
        await house.wait(timedelta(seconds=5))
    (item,) = await house.items()
    assert item.state == "open", "late work stays completable"
    assert [row.type for row in await house.outbox()] == ["ladder.exhausted"]
    assert len(smtp_server.messages) == 1, "told, and not reminded of each time that is long over"


async def test_what_becomes_of_an_unknown_transition_is_kept_and_tells_nobody(house: House) -> None:
    unknown, worker = Journey(), uuid4()
    await house.live(
        unknown.step(EventType.HANDOFF_ACCEPTED, version=3, worker_id=worker),
        unknown.retracted(version=4),
    )
    assert {row.state for row in await house.rows(event_inbox)} == {"processed"}
    assert await house.items() == []
    await house.live(unknown.offered(worker, version=2))
    assert {row.state for row in await house.items()} == {"hidden"}, "what is over already is never shown"
