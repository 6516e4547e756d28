"""What notifications tells us changes handoffs exactly once, through the real inbox, and our facts leave by the outbox."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from fastapi import FastAPI

from services.referrals.main import worker_parts
from services.referrals.settings import ReferralsSettings
from services.referrals.worker.tasks import process_waiting, sweep_due
from shared.contracts.codes import Service, SubjectKind
from shared.contracts.events import (
    DATA_TYPES,
    DeliveryFailed,
    Event,
    EventData,
    EventType,
    HandoffOffered,
    LadderExhausted,
)
from shared.outbox import new_event
from tests.fixtures.databases import ServiceDatabase
from tests.fixtures.tokens import TokenFor
from tests.services.referrals.conftest import Caller
from tests.services.referrals.handoff_world import HandoffWorld, kinds


@pytest.fixture
def notifications(world: HandoffWorld, system_token_for: TokenFor) -> Caller:
    token = system_token_for(Service.NOTIFICATIONS, audience=Service.REFERRALS)
    return Caller(world.http, token, world.network.tenant_id)


async def told(
    caller: Caller, app: FastAPI, settings: ReferralsSettings, type: EventType, data: EventData, *, times: int = 1
) -> Event:
    """The event arrives (perhaps more than once) and the worker makes its round."""
    event = new_event(source=Service.NOTIFICATIONS, type=type, subject=uuid4(), data=data)
    for _ in range(times):
        answer = await caller.ask("POST", "/internal/events", {"events": [event.model_dump(mode="json")]})
        assert answer.status_code == 200, answer.text
    await process_waiting(worker_parts(settings, resources=app.state.resources))
    return event


def common(world: HandoffWorld) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {"tenant_id": world.network.tenant_id, "version": 1, "occurred_at": now, "recorded_at": now}


def exhausted(world: HandoffWorld, handoff_id: str, *, offer_number: int, worker_id: str) -> LadderExhausted:
    return LadderExhausted(
        **common(world),
        handoff_id=UUID(handoff_id),
        offer_number=offer_number,
        worker_id=UUID(worker_id),
        ladder="standard",
    )


async def announced(database: ServiceDatabase, handoff_id: str) -> list[EventData]:
    """Facts about a handoff in the outbox, each of the shape that the catalogue promises, oldest first."""
    connection = await asyncpg.connect(database.runtime_url)
    try:
        rows = await connection.fetch(
            "SELECT type, payload FROM outbox WHERE subject = $1 ORDER BY event_id", handoff_id
        )
    finally:
        await connection.close()
    events = [Event.model_validate_json(row["payload"]) for row in rows]
    assert all(isinstance(event.read(), DATA_TYPES[event.type]) for event in events)
    return [event.read() for event in events]


async def test_silence_asks_the_next_peer_once_however_often_it_is_told(
    world: HandoffWorld,
    notifications: Caller,
    app: FastAPI,
    settings: ReferralsSettings,
    referrals_database: ServiceDatabase,
) -> None:
    handoff_id = (await world.discharged())["handoff_id"]
    first = await world.offered_to(handoff_id)
    silence = exhausted(world, handoff_id, offer_number=1, worker_id=first)
    await told(notifications, app, settings, EventType.LADDER_EXHAUSTED, silence, times=3)
    handoff = await world.handoff(handoff_id)
    assert [(offer["offer_number"], offer["status"]) for offer in handoff["offers"]] == [(1, "unanswered"), (2, "open")]
    assert handoff["next"]["worker_id"] != first
    offers = [one for one in await announced(referrals_database, handoff_id) if isinstance(one, HandoffOffered)]
    assert [offer.offer_number for offer in offers] == [1, 2]
    await told(notifications, app, settings, EventType.LADDER_EXHAUSTED, silence)
    after = await world.handoff(handoff_id)
    assert (after["version"], kinds(after)[-1]) == (handoff["version"], "signal_ignored")


async def test_silence_of_everybody_ends_with_the_duty_owner_and_stays_visible(
    world: HandoffWorld, notifications: Caller, app: FastAPI, settings: ReferralsSettings
) -> None:
    handoff_id = (await world.discharged())["handoff_id"]
    for number in (1, 2, 3, 4):
        worker_id = await world.offered_to(handoff_id)
        silence = exhausted(world, handoff_id, offer_number=number, worker_id=worker_id)
        await told(notifications, app, settings, EventType.LADDER_EXHAUSTED, silence)
    handoff = await world.handoff(handoff_id)
    assert (handoff["state"], handoff["attention"]) == ("offered", "escalation_unanswered")
    assert handoff["owner_worker_id"] == world.network.nurse_id
    listed = (await world.supervisor.ask("GET", "/handoffs", params={"attention": True})).json()["items"]
    assert [line["id"] for line in listed] == [handoff_id]


async def test_a_failed_delivery_is_on_the_timeline_and_shown_to_supervisors(
    world: HandoffWorld, notifications: Caller, app: FastAPI, settings: ReferralsSettings
) -> None:
    begun = await world.discharged()
    handoff_id = begun["handoff_id"]
    worker_id = UUID(await world.offered_to(handoff_id))
    for kind, subject in ((SubjectKind.HANDOFF, handoff_id), (SubjectKind.TRANSITION, begun["id"])):
        failure = DeliveryFailed(
            **common(world),
            delivery_id=uuid4(),
            worker_id=worker_id,
            subject_kind=kind,
            subject_id=UUID(subject),
            channel="email",
            reason="mailbox_unknown",
        )
        await told(notifications, app, settings, EventType.DELIVERY_FAILED, failure)
    handoff = await world.handoff(handoff_id)
    assert (handoff["attention"], kinds(handoff).count("delivery_failed")) == ("delivery_failed", 1)
    seen = await world.handoff(handoff_id, by=world.peer(str(worker_id)))
    assert seen["attention"] is None


async def test_a_signal_about_an_unknown_handoff_is_tried_again_and_does_not_block(
    world: HandoffWorld,
    notifications: Caller,
    app: FastAPI,
    settings: ReferralsSettings,
    referrals_database: ServiceDatabase,
) -> None:
    unknown = exhausted(world, str(uuid4()), offer_number=1, worker_id=world.peers[0])
    event = await told(notifications, app, settings, EventType.LADDER_EXHAUSTED, unknown)
    connection = await asyncpg.connect(referrals_database.runtime_url)
    try:
        row = await connection.fetchrow("SELECT attempts, last_error FROM event_inbox WHERE event_id = $1", event.id)
    finally:
        await connection.close()
    assert (row["attempts"], row["last_error"]) == (1, "NotFound")


async def test_the_workers_round_marks_overdue_milestones(
    world: HandoffWorld, app: FastAPI, settings: ReferralsSettings
) -> None:
    long_ago = "2026-01-01T08:00:00Z"
    handoff_id = (await world.discharged(occurred_at=long_ago))["handoff_id"]
    assert await sweep_due(worker_parts(settings, resources=app.state.resources)) == 7
    assert kinds(await world.handoff(handoff_id)).count("milestone_missed") == 7


async def test_the_events_of_a_journey_are_those_of_the_catalogue(
    world: HandoffWorld, referrals_database: ServiceDatabase
) -> None:
    begun = await world.planned()
    handoff_id = begun["handoff_id"]
    await world.move(world.nurse, begun["id"], "discharge")
    peer = world.peer(await world.offered_to(handoff_id))
    await world.done(peer, handoff_id, "accept")
    await world.done(peer, handoff_id, "first-contact", {"how": "phone", "outcome": "reached"})
    await world.move(world.nurse, begun["id"], "retract", {"reason": "discharge_cancelled"})
    of_handoff = await announced(referrals_database, handoff_id)
    of_transition = await announced(referrals_database, begun["id"])
    assert [type(one).__name__ for one in of_handoff] == ["HandoffOffered", *["HandoffData"] * 3]
    assert [type(one).__name__ for one in of_transition] == [
        "TransitionData",
        "TransitionData",
        "CustodyMoved",
        "TransitionData",
        "CustodyMoved",
    ]
    for told_in_order in (of_handoff, of_transition):
        versions = [one.version for one in told_in_order]
        assert versions == sorted(set(versions)), "each fact of an aggregate has its own version, in order"
