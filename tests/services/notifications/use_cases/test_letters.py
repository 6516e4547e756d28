"""Weekly summaries: once for each reader and week, at nine where he is, in numbers only."""

import asyncio
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.notifications.adapters import tables
from shared.contracts.codes import PracticeRole
from shared.contracts.events import Event, EventType, WorkerData
from tests.fixtures.mail import SmtpServer
from tests.services.notifications.conftest import House
from tests.services.notifications.journeys import NOON, Journey, told

MONDAY = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)


def joins(tenant_id: UUID, worker_id: UUID, organization_id: UUID, role: PracticeRole, *, version: int = 1) -> Event:
    facts = WorkerData(
        tenant_id=tenant_id,
        version=version,
        occurred_at=NOON,
        recorded_at=NOON,
        worker_id=worker_id,
        organization_id=organization_id,
        practice_role=role,
        active=True,
    )
    return told(EventType.WORKER_CHANGED, subject=worker_id, facts=facts)


@pytest.fixture
async def team(house: House, tenant_id: UUID) -> dict[str, UUID]:
    """A supervisor and two peers of one organisation, and a peer of another."""
    ours, theirs = uuid4(), uuid4()
    people = {"supervisor": uuid4(), "first": uuid4(), "second": uuid4(), "other": uuid4()}
    role = PracticeRole.PEER_SUPPORT_SPECIALIST
    await house.live(
        joins(tenant_id, people["supervisor"], ours, PracticeRole.PEER_SUPERVISOR),
        joins(tenant_id, people["first"], ours, role),
        joins(tenant_id, people["second"], ours, role),
        joins(tenant_id, people["other"], theirs, role),
    )
    return people


async def a_week(house: House, tenant_id: UUID, team: dict[str, UUID]) -> None:
    """Eight offers that are accepted (six of them with a first contact), five that nobody answers, one elsewhere."""
    for number in range(8):
        journey = Journey(tenant_id=tenant_id)
        worker = team["first"]
        await house.live(
            journey.offered(worker, version=2),
            journey.step(EventType.HANDOFF_ACCEPTED, version=3, worker_id=worker),
            *([journey.step(EventType.HANDOFF_FIRST_CONTACT, version=4, worker_id=worker)] if number < 6 else []),
        )
    await house.live(*(Journey(tenant_id=tenant_id).offered(team["second"], version=2) for _ in range(5)))
    await house.live(Journey(tenant_id=tenant_id).offered(team["other"], version=2))
    await house.wait(timedelta(hours=5))


def move_to(house: House, instant: datetime) -> None:
    house.clock.advance(instant - house.clock.now())


async def letters(house: House) -> list[Any]:
    return list(await house.rows(tables.letters))


async def test_the_week_in_numbers_once_under_two_beats(
    house: House, team: dict[str, UUID], tenant_id: UUID, smtp_server: SmtpServer
) -> None:
    address = await house.reach(tenant_id, team["supervisor"])
    await a_week(house, tenant_id, team)
    other = await house.other()
    move_to(house, MONDAY - timedelta(seconds=1))
    await house.rounds.write()
    assert smtp_server.messages == []
    move_to(house, MONDAY)
    for _ in range(2):
        await asyncio.gather(house.rounds.write(), other.rounds.write())
    (mail,) = smtp_server.messages
    assert mail.recipients == (address,)
    assert mail.message["Subject"] == "Your week in numbers"
    assert mail.message.get_content().replace("\r\n", "\n") == (
        "Last week 13 handoffs were offered. 8 were answered in time. 6 first contacts were made."
        " 5 waited for an answer too long. Sign in to see more.\n"
    )
    (row,) = await letters(house)
    assert row.state == "delivered"
    await house.wait(timedelta(days=7))
    await house.rounds.write()
    assert [one.occasion for one in await letters(house)] == ["2026-03-09", "2026-03-16"]
    assert "no handoff was offered" in smtp_server.messages[-1].message.get_content()


async def test_at_nine_where_the_reader_is(house: House, team: dict[str, UUID], tenant_id: UUID) -> None:
    await house.reach(tenant_id, team["supervisor"], time_zone="America/New_York")
    move_to(house, MONDAY)  # five in the morning in New York, where clocks went forward the day before
    await house.rounds.write()
    assert await letters(house) == []
    move_to(house, MONDAY + timedelta(hours=3, minutes=59))
    await house.rounds.write()
    assert await letters(house) == []
    move_to(house, MONDAY + timedelta(hours=4))
    await house.rounds.write()
    assert [row.occasion for row in await letters(house)] == ["2026-03-09"]


async def test_in_the_far_east_it_is_monday_first(house: House, team: dict[str, UUID], tenant_id: UUID) -> None:
    await house.reach(tenant_id, team["supervisor"], time_zone="Pacific/Auckland")
    await house.rounds.write()
    move_to(house, datetime(2026, 3, 8, 19, 59, tzinfo=UTC))
    await house.rounds.write()
    assert await letters(house) == []
    move_to(house, datetime(2026, 3, 8, 20, 0, tzinfo=UTC))
    await house.rounds.write()
    assert [row.occasion for row in await letters(house)] == ["2026-03-09"]


async def test_moving_to_another_zone_on_the_day_gives_no_second_one(
    house: House, team: dict[str, UUID], tenant_id: UUID
) -> None:
    move_to(house, MONDAY)
    await house.rounds.write()
    await house.reach(tenant_id, team["supervisor"], time_zone="America/Los_Angeles")
    for _ in range(30):
        house.clock.advance(timedelta(hours=1))
        await house.rounds.write()
    assert [row.occasion for row in await letters(house)] == ["2026-03-09"]


async def test_switched_off_moved_on_or_left_gets_none(house: House, team: dict[str, UUID], tenant_id: UUID) -> None:
    off, moved = team["supervisor"], uuid4()
    await house.reach(tenant_id, off, weekly_summary_on=False)
    await house.live(joins(tenant_id, moved, uuid4(), PracticeRole.CLINICAL_SUPERVISOR))
    await house.live(joins(tenant_id, moved, uuid4(), PracticeRole.PEER_SUPPORT_SPECIALIST, version=2))
    move_to(house, MONDAY)
    await house.rounds.write()
    assert await letters(house) == []


async def test_quiet_hours_and_a_failing_mail_server_only_delay_it(
    house: House, team: dict[str, UUID], tenant_id: UUID, smtp_server: SmtpServer
) -> None:
    await house.reach(tenant_id, team["supervisor"], quiet_start=time(8), quiet_end=time(10))
    move_to(house, MONDAY)
    await house.rounds.write()
    assert [(row.state, row.code) for row in await letters(house)] == [("retry", "quiet_hours")]
    move_to(house, MONDAY + timedelta(hours=1))
    smtp_server.fail_with(451)
    await house.rounds.write()
    assert [(row.state, row.code) for row in await letters(house)] == [("retry", "temporarily_refused")]
    smtp_server.fail_with(None)
    house.clock.advance(timedelta(minutes=1))
    await house.rounds.write()
    assert [(row.state, row.code) for row in await letters(house)] == [("delivered", None)]


async def test_after_a_long_outage_an_old_week_is_left_out(house: House, team: dict[str, UUID]) -> None:
    move_to(house, MONDAY + timedelta(days=3))
    await house.rounds.write()
    assert await letters(house) == []
    move_to(house, MONDAY + timedelta(days=7))
    await house.rounds.write()
    assert [row.occasion for row in await letters(house)] == ["2026-03-16"]
