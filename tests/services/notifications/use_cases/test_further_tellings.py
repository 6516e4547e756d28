"""Overdue steps, tasks that come back and referrals: in any order, repeated, and never a storm."""

from datetime import UTC, datetime
from itertools import permutations
from uuid import UUID, uuid4

from services.notifications.adapters.tables import event_inbox
from shared.contracts.codes import MilestoneCode
from shared.contracts.entitlements import EntitlementReason
from shared.contracts.events import Event, EventType
from tests.fixtures.mail import SmtpServer
from tests.services.notifications.conftest import House
from tests.services.notifications.journeys import NOON, Journey, Referring, task_event
from tests.services.notifications.referrals_double import ReferralsDouble

PEER, SENDER, LEAD = uuid4(), uuid4(), uuid4()


async def told(house: House, journey: Journey | Referring) -> set[tuple[UUID, str, str, str | None]]:
    """Whom the items are for, what they say, how they stand, and why they are over."""
    rows = await house.items(tenant_id=journey.tenant_id)
    return {(row.worker_id, row.kind, row.state, row.ended_reason) for row in rows}


def overdue_story(journey: Journey) -> list[Event]:
    return [
        journey.offered(PEER, version=2),
        journey.missed(LEAD, milestone=MilestoneCode.OWNER_ACCEPTS, found_at=3),
        journey.missed(LEAD, milestone=MilestoneCode.BEDSIDE_VISIT, found_at=3),
        journey.met(MilestoneCode.OWNER_ACCEPTS, found_at=5),
    ]


async def test_steps_that_were_due_together_end_each_for_itself(house: House) -> None:
    journey = Journey()
    *before, met = overdue_story(journey)
    await house.live(*before)
    await house.live(met)
    steps = [row for row in await house.items() if row.kind == "step_overdue"]
    assert sorted((row.state, row.ended_reason or "") for row in steps) == [("closed", "step_done"), ("open", "")]


async def test_a_step_that_is_done_closes_its_item_and_takes_back_its_messages(house: House) -> None:
    done, closed = Journey(), Journey()
    missed = done.missed(LEAD, milestone=MilestoneCode.ARRIVAL, found_at=3)
    await house.live(missed, closed.missed(LEAD, milestone=MilestoneCode.DAY_7, found_at=3))
    await house.live(done.met(MilestoneCode.ARRIVAL), closed.step(EventType.HANDOFF_CLOSED, version=5, worker_id=PEER))
    assert await told(house, done) == {(LEAD, "step_overdue", "closed", "step_done")}
    assert await told(house, closed) == {(LEAD, "step_overdue", "closed", "closed")}
    steps = await house.deliveries(tenant_id=done.tenant_id)
    assert {row.state for row in steps if row.channel == "inbox"} == {"delivered"}
    assert {row.next_at for row in steps} == {None}, "nothing about it is sent any more"


async def test_the_only_fact_of_a_story_may_come_again(house: House) -> None:
    journey = Journey()
    missed = journey.missed(LEAD, milestone=MilestoneCode.DAY_7)
    await house.live(missed)
    await house.live(missed.model_copy(update={"id": uuid4()}))
    assert {row.state for row in await house.rows(event_inbox)} == {"processed"}
    assert await told(house, journey) == {(LEAD, "step_overdue", "open", None)}


async def test_a_clock_of_2040_is_told_as_any_other(house: House) -> None:
    journey = Journey(began=datetime(2040, 2, 29, tzinfo=UTC))
    await house.live(journey.missed(LEAD, milestone=MilestoneCode.DAY_90), journey.met(MilestoneCode.DAY_90))
    assert {row.state for row in await house.rows(event_inbox)} == {"processed"}
    assert await told(house, journey) == {(LEAD, "step_overdue", "hidden", "step_done")}


async def test_a_step_that_is_lifted_closes_its_item_and_takes_back_its_messages(house: House) -> None:
    journey = Journey()
    await house.live(journey.missed(LEAD, milestone=MilestoneCode.CONSENT_ASKED, found_at=3))
    await house.live(journey.lifted(MilestoneCode.CONSENT_ASKED))
    assert await told(house, journey) == {(LEAD, "step_overdue", "closed", "step_lifted")}
    assert {row.next_at for row in await house.deliveries(tenant_id=journey.tenant_id)} == {None}


async def test_a_clock_set_anew_and_missed_anew_is_one_open_item_in_any_order(house: House) -> None:
    step, journeys, sequences = MilestoneCode.INTRODUCTION, list[Journey](), list[list[Event]]()
    for order in permutations(range(3)):
        journeys.append(journey := Journey())
        story = [
            journey.missed(LEAD, milestone=step, found_at=3),
            journey.lifted(step),
            journey.missed(LEAD, milestone=step, found_at=6, resets=2),
        ]
        events = [story[place] for place in order]
        sequences.append([*events, events[0].model_copy(update={"id": uuid4()})])
    for simultaneous in zip(*sequences, strict=True):
        await house.hear(*simultaneous)
        await house.rounds.apply_events()
    for journey in journeys:
        assert await told(house, journey) == {
            (LEAD, "step_overdue", "hidden", "step_lifted"),
            (LEAD, "step_overdue", "pending", None),
        }


async def test_one_time_of_a_step_that_repeats_ends_alone(house: House) -> None:
    journey, second = Journey(), uuid4()
    await house.live(
        journey.missed(LEAD, milestone=MilestoneCode.PHASE_1_CONTACT),
        journey.missed(LEAD, milestone=MilestoneCode.PHASE_1_CONTACT, clock_id=second),
        journey.met(MilestoneCode.PHASE_1_CONTACT, clock_id=second),
    )
    assert await told(house, journey) == {
        (LEAD, "step_overdue", "open", None),
        (LEAD, "step_overdue", "hidden", "step_done"),
    }


async def test_every_order_with_repeats_ends_the_same(house: House) -> None:
    journeys: list[Journey] = []
    sequences: list[list[Event]] = []
    for order in permutations(range(5)):
        journeys.append(journey := Journey())
        story = [*overdue_story(journey), journey.step(EventType.HANDOFF_WITHDRAWN, version=7)]
        events = [story[place] for place in order]
        sequences.append([*events, events[0].model_copy(update={"id": uuid4()})])
    for simultaneous in zip(*sequences, strict=True):  # all journeys side by side, each in its own order
        await house.hear(*simultaneous)
        await house.rounds.apply_events()
    assert {row.state for row in await house.rows(event_inbox)} == {"processed"}
    ends = [await told(house, journey) for journey in journeys]
    assert len(ends) == 120
    assert ends.count(ends[0]) == 120
    assert {(kind, reason) for _, kind, _, reason in ends[0]} == {
        ("handoff_offered", "withdrawn"),
        ("step_overdue", "step_done"),
        ("step_overdue", "withdrawn"),
    }


async def test_a_step_done_meanwhile_is_not_told_and_the_question_says_that_it_is_about_being_overdue(
    house: House, referrals: ReferralsDouble
) -> None:
    journey = Journey()
    referrals.deny(LEAD, journey.handoff_id, reason=EntitlementReason.NO_LONGER_OVERDUE)
    await house.live(journey.missed(LEAD, milestone=MilestoneCode.DAY_7))
    assert await told(house, journey) == {(LEAD, "step_overdue", "hidden", None)}
    assert referrals.questions
    assert all(question["overdue"] for asked in referrals.questions for question in asked)
    assert [row.code for row in await house.deliveries() if row.channel == "inbox"] == ["no_longer_overdue"]


async def test_many_overdue_steps_of_one_worker_are_one_message(house: House, smtp_server: SmtpServer) -> None:
    tenant = uuid4()
    address = await house.reach(tenant, LEAD)
    await house.live(
        *(Journey(tenant_id=tenant, began=NOON).missed(LEAD, milestone=MilestoneCode.DAY_7) for _ in range(40))
    )
    letters = [mail.message["Subject"] for mail in smtp_server.messages if address in mail.recipients]
    assert letters == ["You have 40 overdue steps"]


async def test_what_a_person_takes_back_is_told_as_a_change_and_nothing_else(
    house: House, referrals: ReferralsDouble, smtp_server: SmtpServer
) -> None:
    """To whoever had been told and to the sender, once, although the one may not know any more whom it was about."""
    journey = Journey()
    addresses = {worker: await house.reach(journey.tenant_id, worker) for worker in (PEER, SENDER)}
    await house.live(journey.offered(PEER, version=2))
    referrals.deny(PEER, journey.handoff_id, reason=EntitlementReason.CONSENT_MISSING)
    withdrawn = journey.step(EventType.HANDOFF_WITHDRAWN, version=3, reason="consent_revoked", sender=SENDER)
    await house.live(withdrawn, withdrawn.model_copy(update={"id": uuid4()}))
    changed = {row.worker_id: row.state for row in await house.items() if row.kind == "handoff_changed"}
    assert changed == {PEER: "open", SENDER: "open"}
    last = [
        [mail.message for mail in smtp_server.messages if address in mail.recipients][-1]
        for address in addresses.values()
    ]
    assert {mail["Subject"] for mail in last} == {"You have 1 update"}
    assert not any("consent" in mail.as_string().lower() for mail in last)


async def test_a_referral_that_was_stopped_is_told_to_both_sides(house: House, referrals: ReferralsDouble) -> None:
    one = Referring(requester=SENDER, recipient=PEER)
    referrals.deny(PEER, one.referral_id, reason=EntitlementReason.CONSENT_MISSING)
    stopped = one.step("consent-revoked", 2, status="on_hold", by=None)
    await house.live(one.step("accept", 1, status="accepted", by=PEER), stopped)
    await house.live(stopped.model_copy(update={"id": uuid4()}))
    found = await told(house, one)
    assert {line for line in found if line[1] == "referral_changed"} == {
        (PEER, "referral_changed", "open", None),
        (SENDER, "referral_changed", "open", None),
    }


async def test_a_referral_whose_worker_cannot_go_on_is_told_to_both_sides(house: House) -> None:
    one = Referring(requester=SENDER, recipient=PEER)
    await house.live(one.step("accept", 1, status="accepted", by=PEER))
    await house.live(one.step("unaccept", 2, status="failed", by=None))
    found = await told(house, one)
    assert {(PEER, "referral_changed", "open", None), (SENDER, "referral_answered", "open", None)} <= found


async def test_a_task_that_comes_back_is_not_told_as_a_refusal(house: House) -> None:
    tenant, task = uuid4(), uuid4()

    def event(type: EventType, version: int, status: str | None = None) -> Event:
        return task_event(
            type, tenant_id=tenant, task_id=task, version=version, assignee=PEER, assigner=SENDER, status=status
        )

    await house.live(event(EventType.TASK_ASSIGNED, 1))
    await house.live(event(EventType.TASK_REFUSED, 2, status="proposed"))
    rows = {(row.worker_id, row.kind): (row.state, row.ended_reason) for row in await house.items()}
    assert rows == {
        (PEER, "task_assigned"): ("hidden", "task_returned"),
        (SENDER, "task_returned"): ("open", None),
    }
    await house.live(event(EventType.TASK_REFUSED, 3, status="refused"))
    rows = {(row.worker_id, row.kind): (row.state, row.ended_reason) for row in await house.items()}
    assert rows[SENDER, "task_returned"] == ("closed", "task_closed")
    assert rows[SENDER, "task_not_assigned"] == ("open", None)


def referral_story(one: Referring) -> list[Event]:
    return [
        one.step("request", 1, status="requested", by=SENDER),
        one.step("overdue", 2, status="requested", by=None),
        one.step("accept", 3, status="accepted", by=PEER),
        one.step("ask-to-cancel", 4, status="accepted", by=SENDER, business_status="cancellation_requested"),
    ]


async def test_a_referral_is_told_to_both_sides_and_nobody_of_their_own_step(house: House) -> None:
    one = Referring(requester=SENDER, recipient=PEER)
    asked, overdue, accepted, cancelling = referral_story(one)
    await house.live(asked)
    assert await told(house, one) == {(PEER, "referral_asked", "open", None)}
    await house.live(overdue)
    assert (SENDER, "referral_unanswered", "open", None) in await told(house, one)
    await house.live(accepted, cancelling)
    await house.live(one.step("cancel", 5, status="cancelled", by=PEER))
    assert await told(house, one) == {
        (PEER, "referral_asked", "closed", "referral_moved_on"),
        (SENDER, "referral_unanswered", "closed", "referral_moved_on"),
        (SENDER, "referral_answered", "hidden", "referral_moved_on"),
        (PEER, "referral_cancellation_asked", "closed", "referral_moved_on"),
        (SENDER, "referral_answered", "open", None),
    }


async def test_a_referral_in_every_order_ends_the_same(house: House) -> None:
    ends = []
    for order in permutations(range(4)):
        one = Referring(requester=SENDER, recipient=PEER)
        for place in order:
            await house.hear(referral_story(one)[place])
            await house.rounds.apply_events()
        ends.append(await told(house, one))
    assert len(ends) == 24
    assert ends.count(ends[0]) == 24


async def test_what_is_asked_of_a_team_or_of_oneself_is_told_to_nobody(house: House) -> None:
    of_team = Referring(requester=SENDER, recipient=None)
    of_oneself = Referring(requester=SENDER, recipient=SENDER)
    await house.live(of_team.step("request", 1, status="requested", by=SENDER))
    await house.live(of_oneself.step("request", 1, status="requested", by=SENDER))
    assert await house.items() == []
