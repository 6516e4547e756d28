"""Whoever cannot go on, what they held is brought to somebody who can: found by the sweep, and only once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from services.referrals.main import worker_parts
from services.referrals.settings import ReferralsSettings
from services.referrals.use_cases.rehome_dropped import rehome_dropped
from services.referrals.worker.tasks import WorkerParts
from tests.services.referrals.handoff_world import HandoffWorld, accepted, kinds
from tests.services.referrals.referral_world import ReferralWorld


@pytest.fixture
def parts(app: FastAPI, settings: ReferralsSettings) -> WorkerParts:
    return worker_parts(settings, resources=app.state.resources)


async def swept(parts: WorkerParts) -> int:
    """What one sweep moved; a second one finds nothing."""
    moved = [
        await rehome_dropped(
            dropped=parts.dropped,
            works=parts.works,
            handoff_works=parts.handoff_works,
            referrals=parts.referral_homes,
            clock=parts.clock,
            patience=parts.patience,
        )
        for _ in range(2)
    ]
    assert moved[1] == 0, "a sweep that comes again changes nothing"
    return moved[0]


async def leaves(world: HandoffWorld | ReferralWorld, worker_id: str) -> None:
    administrator, path = world.network.administrator, f"/workers/{worker_id}"
    version = (await administrator.ask("GET", path)).json()["version"]
    answer = await administrator.ask("PATCH", path, {"active": False}, version=version)
    assert answer.status_code == 200, answer.text


async def loses_credential(world: HandoffWorld | ReferralWorld, worker_id: str) -> None:
    administrator, path = world.network.administrator, f"/workers/{worker_id}/credentials"
    held = (await administrator.ask("GET", path)).json()["items"][0]
    body = {"stage": "full", "expires_on": "2025-01-01", "suspended_on": None}
    answer = await administrator.ask("PUT", f"{path}/{held['id']}", body, version=held["version"])
    assert answer.status_code == 200, answer.text


async def steps_back(world: HandoffWorld, worker_id: str) -> None:
    answer = await world.peer(worker_id).ask("POST", f"/workers/{worker_id}/absences", {})
    assert answer.status_code == 201, answer.text


LEAVING: list[Any] = [leaves, loses_credential, steps_back]


@pytest.mark.parametrize("how", LEAVING)
async def test_an_offer_goes_to_the_next(world: HandoffWorld, parts: WorkerParts, how: Any) -> None:
    handoff_id = (await world.discharged())["handoff_id"]
    asked = await world.offered_to(handoff_id)
    await how(world, asked)
    assert await swept(parts) == 1
    assert await world.offered_to(handoff_id) != asked
    handoff = await world.handoff(handoff_id)
    assert kinds(handoff)[-2:] == ["rehomed", "offered"]
    assert handoff["timeline"][-2]["code"] in {"assignee_left", "assignee_away"}, "what else it was is private"
    other = await world.handoff(handoff_id, by=world.peer(await world.offered_to(handoff_id)))
    assert "rehomed" not in kinds(other)


async def test_who_was_met_is_not_left_alone(world: HandoffWorld, parts: WorkerParts) -> None:
    transition_id, handoff_id, peer = await accepted(world)
    await world.done(world.peer(peer), handoff_id, "first-contact", {"how": "phone", "outcome": "reached"})
    assert (await world.transition(transition_id))["owner_worker_id"] == peer
    await steps_back(world, peer)
    assert await swept(parts) == 1
    transition = await world.transition(transition_id)
    assert transition["owner_worker_id"] == world.network.supervisor_id, "the duty owner holds, until somebody has met"
    assert [line["cause"] for line in transition["custody"]] == ["begun", "first_contact", "rehomed"]
    other = await world.offered_to(handoff_id)
    await world.done(world.peer(other), handoff_id, "accept")
    reached = await world.done(world.peer(other), handoff_id, "first-contact", {"how": "phone", "outcome": "reached"})
    assert reached["owner_worker_id"] == other


async def test_a_sender_who_left_leaves_nobody_without_an_owner(world: HandoffWorld, parts: WorkerParts) -> None:
    begun = await world.planned()
    await leaves(world, world.network.nurse_id)
    assert await swept(parts) == 1
    assert (await world.transition(begun["id"]))["owner_worker_id"] == world.network.supervisor_id


async def test_somebody_on_call_holds_what_is_left(world: HandoffWorld, parts: WorkerParts) -> None:
    begun = await world.planned()
    now = datetime.now(UTC)
    shift = {
        "worker_id": world.peers[0],
        "duty": "duty_owner",
        "starts_at": (now - timedelta(hours=1)).isoformat(),
        "ends_at": (now + timedelta(hours=7)).isoformat(),
    }
    path = f"/programmes/{world.network.programme_id}/shifts"
    made = await world.network.administrator.ask("POST", path, shift)
    assert made.status_code == 201, made.text
    await leaves(world, world.network.nurse_id)
    assert await swept(parts) == 1
    assert (await world.transition(begun["id"]))["owner_worker_id"] == world.peers[0]


async def test_a_task_goes_back_to_whoever_asked(world: HandoffWorld, parts: WorkerParts) -> None:
    body = {"programme_id": world.network.programme_id, "assignee_worker_id": world.peers[0], "title": "Walk along"}
    task = await world.nurse.made("/tasks", body)
    assert task["status"] == "assigned"
    await leaves(world, world.peers[0])
    assert await swept(parts) == 1
    again = (await world.nurse.ask("GET", f"/tasks/{task['id']}")).json()
    assert (again["status"], again["status_reason"]) == ("proposed", "assignee_left")
    assert again["review_due_at"] is not None


async def is_away(world: ReferralWorld, worker_id: str) -> None:
    await world.peer.made(f"/workers/{worker_id}/absences", {})


CANNOT_GO_ON: list[Any] = [leaves, is_away, loses_credential]


@pytest.mark.parametrize("how", CANNOT_GO_ON)
async def test_a_referral_is_asked_of_the_rest_of_its_team(
    referral_world: ReferralWorld, parts: WorkerParts, how: Any
) -> None:
    world = referral_world
    made = await world.referred(recipient_team_id=world.team_id)
    await world.done(world.peer, made["id"], "accept")
    await world.done(world.peer, made["id"], "start")
    await how(world, world.peer_id)
    assert await swept(parts) == 1
    ended = await world.seen(made["id"])
    assert (ended["status"], ended["status_reason"]) == ("failed", "cant_right_now"), "why they cannot is private"
    told = ended["history"][-1]
    assert (told["command"], told["by_worker_id"]) == ("unaccept", None)
    (fresh,) = await world.listed(world.other_peer, status="requested")
    again = await world.seen(fresh)
    assert (again["follows"], again["recipient"]["team_id"], again["recipient"]["worker_id"]) == (
        made["id"],
        world.team_id,
        None,
    )
    assert (await world.done(world.other_peer, fresh, "accept"))["status"] == "accepted"


async def test_whoever_lost_it_with_the_credential_does_not_take_it_again(
    referral_world: ReferralWorld, parts: WorkerParts
) -> None:
    world = referral_world
    made = await world.referred(recipient_team_id=world.team_id)
    await world.done(world.peer, made["id"], "accept")
    await loses_credential(world, world.peer_id)
    assert await swept(parts) == 1
    (fresh,) = await world.listed(world.other_peer, status="requested")
    refused = await world.command(world.peer, fresh, "accept")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "not_qualified")
    await world.done(world.other_peer, fresh, "accept")
    assert await swept(parts) == 0


async def test_whoever_never_had_a_credential_is_found_as_well(
    referral_world: ReferralWorld, parts: WorkerParts
) -> None:
    world, administrator = referral_world, referral_world.network.administrator
    asked = {"kind": "case_management", "recipient_worker_id": world.case_manager_id}
    made = await world.referred(**asked)
    await world.done(world.case_manager, made["id"], "accept")
    assert await swept(parts) == 0, "other roles answer by no credential of ours"
    path = f"/workers/{world.case_manager_id}"
    version = (await administrator.ask("GET", path)).json()["version"]
    body = {"practice_role": "peer_support_specialist"}
    assert (await administrator.ask("PATCH", path, body, version=version)).status_code == 200
    assert await swept(parts) == 1
    assert (await world.seen(made["id"]))["status"] == "failed"


async def test_a_referral_to_one_worker_alone_goes_back_to_whoever_asked(
    referral_world: ReferralWorld, parts: WorkerParts
) -> None:
    world = referral_world
    made = await world.referred()
    await world.done(world.peer, made["id"], "accept")
    await leaves(world, world.peer_id)
    assert await swept(parts) == 1
    (waits,) = await world.listed(world.nurse, status="draft")
    assert (await world.seen(waits))["follows"] == made["id"]


@pytest.mark.parametrize("how", CANNOT_GO_ON)
async def test_what_only_they_could_answer_goes_back_before_its_time_is_over(
    referral_world: ReferralWorld, parts: WorkerParts, how: Any
) -> None:
    world = referral_world
    alone = (await world.referred())["id"]
    of_a_team = (await world.referred(recipient_team_id=world.team_id))["id"]
    await how(world, world.peer_id)
    if how is is_away:
        assert await swept(parts) == 0
        assert (await world.seen(alone))["status"] == "requested", "they may be back in time: silence has its own clock"
        return
    assert await swept(parts) == 1
    ended = await world.seen(alone)
    said = (ended["status"], ended["status_reason"], ended["what_next"])
    assert said == ("rejected", "cant_right_now", "another_peer"), "why they cannot is private"
    assert (ended["history"][-1]["command"], ended["history"][-1]["by_worker_id"]) == ("reject", None)
    assert (await world.seen(of_a_team))["status"] == "requested", "the rest of the team can still take it"


async def test_what_waits_for_the_person_is_not_offered_to_others(
    referral_world: ReferralWorld, parts: WorkerParts
) -> None:
    """The consent was taken back: whoever asked speaks with the person before anybody is asked again."""
    world = referral_world
    person = await world.person(agreed=False)
    consent = await world.nurse.made(f"/people/{person}/consents", world.signed())
    made = await world.referred(person_id=person, recipient_team_id=world.team_id)
    await world.done(world.peer, made["id"], "accept")
    revoked = {"method": "spoken", "reported_by": "person"}
    await world.nurse.made(f"/consents/{consent['id']}/revoke", revoked, version=consent["version"])
    assert (await world.seen(made["id"]))["status"] == "on_hold"
    await leaves(world, world.peer_id)
    assert await swept(parts) == 1
    assert (await world.seen(made["id"]))["status"] == "failed"
    assert await world.listed(world.nurse, status="requested") == []
    (waits,) = await world.listed(world.nurse, status="draft")
    assert (await world.seen(waits))["follows"] == made["id"]
