"""Transitions over HTTP: late entry, replanning, and taking a discharge back from every state."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.services.referrals.handoff_world import HandoffWorld

TEXT = {"how": "phone", "outcome": "reached"}


async def test_times_may_lie_in_the_past_and_not_in_the_future(world: HandoffWorld) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    begun = await world.discharged(occurred_at=yesterday.isoformat())
    assert datetime.fromisoformat(begun["discharged_at"]) == yesterday
    handoff = await world.handoff(begun["handoff_id"])
    due = {one["code"]: datetime.fromisoformat(one["due_at"]) for one in handoff["milestones"]}
    assert due["first_contact"] == yesterday + timedelta(hours=24)
    assert datetime.fromisoformat(handoff["offers"][0]["respond_by"]) > datetime.now(UTC), "asked now, not yesterday"
    peer = world.peer(await world.offered_to(begun["handoff_id"]))
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    refused = await world.command(peer, begun["handoff_id"], "accept", {"occurred_at": tomorrow})
    assert refused.status_code == 422
    assert refused.json()["errors"] == [{"pointer": "/occurred_at", "code": "in_the_future"}]


@pytest.mark.parametrize(
    "stage", ["preparing", "offered", "accepted", "introduced", "contacted", "closed", "withdrawn"]
)
async def test_a_retraction_unwinds_every_state(world: HandoffWorld, stage: str) -> None:
    begun = await world.planned()
    transition_id, handoff_id = begun["id"], begun["handoff_id"]
    if stage != "preparing":
        await world.move(world.nurse, transition_id, "discharge")
    if stage == "withdrawn":
        await world.done(world.nurse, handoff_id, "withdraw", {"reason": "person_declined"})
    if stage in {"accepted", "introduced", "contacted", "closed"}:
        peer = world.peer(await world.offered_to(handoff_id))
        await world.done(peer, handoff_id, "accept")
        if stage == "introduced":
            await world.done(peer, handoff_id, "introduction", {"how": "phone"})
        if stage in {"contacted", "closed"}:
            await world.done(peer, handoff_id, "first-contact", TEXT)
        if stage == "closed":
            await world.done(peer, handoff_id, "close", {"outcome": "got_help"})
    assert (await world.handoff(handoff_id))["state"] == stage
    retracted = await world.move(world.nurse, transition_id, "retract", {"reason": "discharge_cancelled"})
    assert retracted.status_code == 200, retracted.text
    body = retracted.json()
    assert (body["status"], body["handoff_state"]) == ("retracted", "withdrawn")
    assert body["owner_worker_id"] == world.network.nurse_id
    handoff = await world.handoff(handoff_id)
    assert not [one for one in handoff["milestones"] if one["state"] in {"due", "missed"}]
    assert not [one for one in handoff["offers"] if one["status"] == "open"]
    again = await world.move(world.nurse, transition_id, "retract", {"reason": "discharge_cancelled"})
    assert (again.status_code, again.json()["code"]) == (409, "illegal_move")
    assert (await world.planned(person_id=body["person_id"]))["status"] == "planned", "the visit is free again"


async def test_an_answer_after_withdrawal_is_refused_plainly(world: HandoffWorld) -> None:
    begun = await world.discharged()
    peer = world.peer(await world.offered_to(begun["handoff_id"]))
    await world.move(world.nurse, begun["id"], "retract", {"reason": "discharge_cancelled"})
    for name, body in (("decline", {"reason": "cant_right_now"}), ("accept", None)):
        answer = await world.command(peer, begun["handoff_id"], name, body)
        assert (answer.status_code, answer.json()["code"]) == (409, "no_longer_offered")


async def test_a_plan_can_be_moved_and_dropped(world: HandoffWorld) -> None:
    begun = await world.planned(visit_reference="V-1")
    later = datetime.now(UTC) + timedelta(days=2)
    moved = await world.move(world.nurse, begun["id"], "replan", {"expected_at": later.isoformat()})
    assert datetime.fromisoformat(moved.json()["expected_at"]) == later
    due = (await world.handoff(begun["handoff_id"]))["milestones"]
    clocks = {one["code"]: datetime.fromisoformat(one["due_at"]) for one in due}
    assert clocks.pop("match_suggested") < later, "met already, so it does not move"
    hours = {"consent_asked": 24, "bedside_visit": 2, "introduction": 0}
    assert clocks == {code: later - timedelta(hours=before) for code, before in hours.items()}
    twice = await world.nurse.ask(
        "POST",
        "/transitions",
        {
            "person_id": begun["person_id"],
            "programme_id": begun["programme_id"],
            "status": "discharged",
            "visit_reference": "V-1",
        },
    )
    assert (twice.status_code, twice.json()["code"]) == (409, "open_duplicate")
    dropped = await world.move(world.nurse, begun["id"], "cancel", {"reason": "plan_changed"})
    assert (dropped.json()["status"], dropped.json()["handoff_state"]) == ("cancelled", "withdrawn")


async def test_without_a_sender_the_duty_owner_holds_it(world: HandoffWorld) -> None:
    body = {"person_id": await world.person(), "programme_id": world.network.programme_id, "status": "discharged"}
    begun = await world.network.administrator.made("/transitions", body)
    assert begun["sender_worker_id"] is None
    assert begun["owner_worker_id"] == world.network.supervisor_id


async def test_a_clinician_cannot_make_a_colleague_accountable_unasked(world: HandoffWorld) -> None:
    body = {
        "person_id": await world.person(),
        "programme_id": world.network.programme_id,
        "status": "discharged",
        "sender_worker_id": world.network.supervisor_id,
    }
    refused = await world.nurse.ask("POST", "/transitions", body)
    assert refused.json()["errors"] == [{"pointer": "/sender_worker_id", "code": "only_yourself"}]
    assert (await world.supervisor.made("/transitions", body))["sender_worker_id"] == world.network.supervisor_id
