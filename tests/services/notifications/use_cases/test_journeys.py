"""Whole journeys, from events to inbox items and e-mails, on real PostgreSQL, SMTP and HTTP."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from services.notifications.domain.codes import DeliveryState, ItemKind, ItemState
from shared.contracts.codes import OfferKind
from shared.contracts.entitlements import EntitlementReason
from shared.contracts.events import EventType
from tests.fixtures.mail import SmtpServer
from tests.services.notifications.conftest import House
from tests.services.notifications.journeys import Journey, worker_event
from tests.services.notifications.referrals_double import Mood, ReferralsDouble


async def test_an_offer_becomes_one_item_and_one_email(house: House, smtp_server: SmtpServer) -> None:
    journey, worker = Journey(), uuid4()
    address = await house.reach(journey.tenant_id, worker)
    await house.live(journey.offered(worker, version=2))
    (item,) = await house.items()
    assert (item.state, item.kind, item.worker_id) == ("open", "handoff_offered", worker)
    assert item.opened_at == house.clock.now()
    (mail,) = smtp_server.messages
    assert mail.recipients == (address,)
    assert mail.message["Subject"] == "You have 1 new handoff"
    assert mail.message.get_content() == "You have 1 new handoff. Sign in to see it.\r\n"
    (inbox, first, *reminders) = sorted(await house.deliveries(), key=lambda row: row.step)
    assert (inbox.state, first.state) == ("delivered", "delivered")
    assert [row.state for row in reminders] == ["planned", "planned"]
    assert mail.message["Message-ID"] == f"<{first.message_id}@handrail.example>"


async def test_repeating_everything_changes_nothing(house: House, smtp_server: SmtpServer) -> None:
    journey, worker = Journey(), uuid4()
    await house.reach(journey.tenant_id, worker)
    offered = journey.offered(worker, version=2)
    await house.live(offered, offered)
    await house.live(offered)
    # another copy under another event id, as a producer that lost its outbox mark would send it
    await house.live(offered.model_copy(update={"id": uuid4()}))
    await house.sweep()
    assert len(await house.items()) == 1
    assert len(smtp_server.messages) == 1


async def test_acceptance_stops_the_reminders_and_closes_the_item(house: House, smtp_server: SmtpServer) -> None:
    journey, worker = Journey(), uuid4()
    await house.reach(journey.tenant_id, worker)
    await house.live(journey.offered(worker, version=2))
    await house.live(journey.step(EventType.HANDOFF_ACCEPTED, version=3, worker_id=worker))
    (item,) = await house.items()
    assert (item.state, item.ended_reason) == ("closed", "accepted")
    states = [(row.state, row.code) for row in sorted(await house.deliveries(), key=lambda row: row.step)]
    assert states[:2] == [("delivered", None), ("delivered", None)]
    assert states[2:] == [("cancelled", "accepted"), ("cancelled", "accepted")]
    await house.wait(timedelta(hours=5))
    assert len(smtp_server.messages) == 1
    assert await house.outbox() == []


async def test_a_declined_offer_moves_on_to_the_next_worker(house: House) -> None:
    journey, first, second = Journey(), uuid4(), uuid4()
    await house.live(journey.offered(first, version=2))
    await house.live(
        journey.step(EventType.HANDOFF_DECLINED, version=3, worker_id=first),
        journey.offered(second, version=4, offer_number=2),
    )
    items = {row.worker_id: row for row in await house.items()}
    assert (items[first].state, items[first].ended_reason) == ("closed", "declined")
    assert items[second].state == "open"


async def test_reminders_come_when_they_are_due(house: House, smtp_server: SmtpServer) -> None:
    journey, worker = Journey(), uuid4()
    await house.reach(journey.tenant_id, worker)
    await house.live(journey.offered(worker, version=2, within=timedelta(hours=4)))
    await house.wait(timedelta(hours=1, minutes=59))
    assert len(smtp_server.messages) == 1
    await house.wait(timedelta(minutes=1))
    assert len(smtp_server.messages) == 2
    await house.wait(timedelta(hours=1, minutes=24))
    assert len(smtp_server.messages) == 3
    assert len({mail.message["Message-ID"] for mail in smtp_server.messages}) == 3


async def test_nobody_answers_is_said_once_under_two_sweeps_at_once(house: House, referrals: ReferralsDouble) -> None:
    other = await house.other()
    journeys = [Journey() for _ in range(20)]
    for journey in journeys:
        await house.hear(journey.offered(uuid4(), version=2, ladder="demo_standard", within=timedelta(seconds=20)))
    await house.process()
    house.clock.advance(timedelta(seconds=20))
    await asyncio.gather(house.sweep(), other.sweep())
    await asyncio.gather(house.sweep(), other.sweep())
    exhausted = [event for event in referrals.events if event["type"] == "ladder.exhausted"]
    assert sorted(event["data"]["handoff_id"] for event in exhausted) == sorted(str(j.handoff_id) for j in journeys)
    assert {event["data"]["offer_number"] for event in exhausted} == {1}
    assert {row.state for row in await house.items()} == {"open"}  # late work stays completable


async def test_an_escalation_reads_as_one_and_the_unanswered_offer_leaves_the_inbox(house: House) -> None:
    journey, peer, supervisor = Journey(), uuid4(), uuid4()
    await house.live(journey.offered(peer, version=2, ladder="demo_standard", within=timedelta(seconds=5)))
    await house.wait(timedelta(seconds=6))
    await house.live(
        journey.offered(
            supervisor,
            version=3,
            offer_number=2,
            ladder="demo_supervisor",
            kind=OfferKind.SUPERVISOR_ESCALATION,
            within=timedelta(seconds=30),
        )
    )
    items = {row.worker_id: row for row in await house.items()}
    assert (items[peer].state, items[peer].ended_reason) == ("hidden", "newer_offer")
    assert (items[supervisor].state, items[supervisor].kind) == ("open", ItemKind.HANDOFF_ESCALATED)


async def test_not_entitled_is_suppressed_with_the_reason(
    house: House, referrals: ReferralsDouble, smtp_server: SmtpServer
) -> None:
    journey, worker = Journey(), uuid4()
    await house.reach(journey.tenant_id, worker)
    referrals.deny(worker, journey.handoff_id, reason=EntitlementReason.CONSENT_MISSING)
    await house.live(journey.offered(worker, version=2))
    (item,) = await house.items()
    assert item.state == ItemState.HIDDEN
    assert item.opened_at is None
    done = [row for row in await house.deliveries() if row.state == DeliveryState.SUPPRESSED]
    assert {row.code for row in done} == {"consent_missing"}
    assert len(done) == 2
    assert smtp_server.messages == []
    await house.wait(timedelta(hours=5))
    assert [row.type for row in await house.outbox()] == ["ladder.exhausted"]


@pytest.mark.parametrize("mood", [Mood.ERROR, Mood.GARBAGE, Mood.MISFIT, Mood.SLOW, Mood.REFUSING])
async def test_no_answer_means_not_sent_and_tried_again(
    house: House, referrals: ReferralsDouble, smtp_server: SmtpServer, mood: Mood
) -> None:
    journey, worker = Journey(), uuid4()
    await house.reach(journey.tenant_id, worker)
    referrals.mood = mood
    await house.live(journey.offered(worker, version=2))
    assert [row.state for row in await house.items()] == ["pending"]
    waiting = [row for row in await house.deliveries() if row.step < 2]
    assert {(row.state, row.code, row.attempts) for row in waiting} == {("retry", "entitlement_unknown", 0)}
    assert smtp_server.messages == []
    referrals.mood = Mood.WELL
    await house.wait(timedelta(seconds=5))
    assert [row.state for row in await house.items()] == ["open"]
    assert len(smtp_server.messages) == 1


async def test_referrals_gone_altogether(house: House, referrals: ReferralsDouble) -> None:
    await referrals.stop()
    await house.live(Journey().offered(uuid4(), version=2))
    assert [row.state for row in await house.items()] == ["pending"]


async def test_entitlements_of_a_batch_are_asked_in_one_call(house: House, referrals: ReferralsDouble) -> None:
    await house.live(*(Journey().offered(uuid4(), version=2) for _ in range(30)))
    assert [len(asked) for asked in referrals.questions] == [30, 30]  # the inbox round, then the e-mail round
    assert {row.state for row in await house.items()} == {"open"}


async def test_several_handoffs_at_once_are_one_email(house: House, smtp_server: SmtpServer) -> None:
    tenant, worker = uuid4(), uuid4()
    await house.reach(tenant, worker)
    await house.live(*(Journey(tenant_id=tenant).offered(worker, version=2) for _ in range(3)))
    (mail,) = smtp_server.messages
    assert mail.message.get_content() == "You have 3 new handoffs. Sign in to see them.\r\n"
    assert len([row for row in await house.deliveries(channel="email") if row.state == "delivered"]) == 3


async def test_steps_that_piled_up_during_an_outage_are_one_email(
    house: House, smtp_server: SmtpServer, referrals: ReferralsDouble
) -> None:
    journey, worker = Journey(), uuid4()
    await house.reach(journey.tenant_id, worker)
    referrals.mood = Mood.ERROR
    await house.live(journey.offered(worker, version=2))
    await house.wait(timedelta(hours=3))
    referrals.mood = Mood.WELL
    await house.wait(timedelta(seconds=5))
    assert [mail.message.get_content() for mail in smtp_server.messages] == [
        "You have 1 new handoff. Sign in to see it.\r\n"
    ]


async def test_a_worker_who_left_is_told_nothing_and_silence_still_moves_on(
    house: House, smtp_server: SmtpServer
) -> None:
    journey, worker = Journey(), uuid4()
    await house.reach(journey.tenant_id, worker)
    tenant = journey.tenant_id
    await house.live(journey.offered(worker, version=2))
    left = worker_event(EventType.WORKER_LEFT, tenant_id=tenant, worker_id=worker, version=3, active=False)
    older = worker_event(EventType.WORKER_REGISTERED, tenant_id=tenant, worker_id=worker, version=1, active=True)
    await house.live(left, older)
    later = Journey(tenant_id=tenant)
    await house.live(later.offered(worker, version=2))
    states = {(row.subject_id, row.step): (row.state, row.code) for row in await house.deliveries()}
    assert states[journey.handoff_id, 2] == ("cancelled", "worker_left")
    assert states[later.handoff_id, 0] == ("suppressed", "worker_left")
    assert len(smtp_server.messages) == 1
    await house.wait(timedelta(hours=5))
    assert len([row for row in await house.outbox() if row.type == "ladder.exhausted"]) == 2


async def test_calling_back_tells_exactly_those_who_had_been_told(
    house: House, referrals: ReferralsDouble, smtp_server: SmtpServer
) -> None:
    journey, told_first, told_second, never_told = Journey(), uuid4(), uuid4(), uuid4()
    for worker in (told_first, told_second, never_told):
        await house.reach(journey.tenant_id, worker)
    await house.live(journey.offered(told_first, version=2))
    await house.live(
        journey.step(EventType.HANDOFF_DECLINED, version=3, worker_id=told_first),
        journey.offered(told_second, version=4, offer_number=2),
    )
    referrals.mood = Mood.ERROR
    await house.live(journey.offered(never_told, version=5, offer_number=3))
    referrals.mood = Mood.WELL
    for worker in (told_first, told_second):
        referrals.deny(worker, journey.handoff_id, reason=EntitlementReason.SUBJECT_CLOSED)
    smtp_server.clear()
    await house.live(journey.retracted(), journey.step(EventType.HANDOFF_WITHDRAWN, version=6, offer_number=3))
    notices = [row for row in await house.items() if row.kind == "handoff_called_back"]
    assert {row.worker_id for row in notices} == {told_first, told_second}
    assert {row.state for row in notices} == {"open"}
    assert {mail.message.get_content() for mail in smtp_server.messages} == {
        "You have 1 update. Sign in to see it.\r\n"
    }
    assert len(smtp_server.messages) == 2
    await house.live(journey.retracted(version=3).model_copy(update={"id": uuid4()}))
    assert len([row for row in await house.items() if row.kind == "handoff_called_back"]) == 2
