"""The ways a referral can go: both directions, crisis, teams, intermediaries, another recipient, a no, and the word afterwards."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.services.referrals import guard_double
from tests.services.referrals.guard_double import GuardDouble
from tests.services.referrals.referral_world import ReferralWorld


async def walking_with(world: ReferralWorld) -> tuple[str, str]:
    """(programme, person) of a peer who has taken a referral, and so walks with somebody."""
    programme, person = await world.programme("co_located"), await world.person()
    made = await world.referred(programme_id=programme, person_id=person)
    await world.done(world.peer, made["id"], "accept")
    return programme, person


@pytest.mark.parametrize(("kind", "whom"), [("clinical", "psychiatrist_id"), ("case_management", "case_manager_id")])
async def test_a_peer_refers_to_a_clinician_or_a_case_manager(
    referral_world: ReferralWorld, kind: str, whom: str
) -> None:
    world = referral_world
    programme, person = await walking_with(world)
    wish = {
        "programme_id": programme,
        "person_id": person,
        "need": "medication_review",
        "kind": kind,
        "recipient_worker_id": getattr(world, whom),
    }
    agreed = world.signed(organization_id=world.partner_id, recipient_organization_ids=[world.network.organization_id])
    await world.network.administrator.made(f"/people/{person}/consents", agreed)
    made = await world.peer.made("/referrals", wish)
    recipient = world.psychiatrist if kind == "clinical" else world.case_manager
    assert (await world.seen(made["id"], recipient))["person"]["person_id"] == person
    assert (await world.done(recipient, made["id"], "accept"))["status"] == "accepted"
    stranger = await world.person()
    refused = await world.peer.ask("POST", "/referrals", wish | {"person_id": stranger})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (404, "/person_id")


async def test_a_crisis_bridge_calls_in_the_clinical_backup(referral_world: ReferralWorld) -> None:
    world = referral_world
    programme, person = await walking_with(world)
    wish = {"programme_id": programme, "person_id": person, "need": "crisis", "kind": "crisis_bridge"}
    nobody = await world.peer.ask("POST", "/referrals", wish)
    assert (nobody.status_code, nobody.json()["errors"][0]["code"]) == (422, "clinical_backup_required")
    path, administrator = f"/programmes/{programme}/clinical-backup", world.network.administrator
    for worker, status in ((world.peer_id, 422), (world.network.programme_id, 404)):
        body = {"team_id": world.clinic_team_id, "worker_id": worker}
        assert (await administrator.ask("PUT", path, body)).status_code == status
    await world.backup(programme)
    named = await world.peer.ask("POST", "/referrals", wish | {"recipient_worker_id": world.psychiatrist_id})
    assert named.json()["errors"][0]["code"] == "recipient_not_wanted"
    made = await world.peer.made("/referrals", wish)
    assert made["recipient"]["team_id"] == world.clinic_team_id
    assert datetime.fromisoformat(made["respond_by"]) < datetime.now(UTC) + timedelta(minutes=16)
    called_in = await world.seen(made["id"], world.psychiatrist)
    assert called_in["person"]["person_id"] == person, "an emergency does not wait for a signature"
    peer_of_the_team = await world.command(world.network.peer, made["id"], "accept")
    assert (peer_of_the_team.status_code, peer_of_the_team.json()["code"]) == (403, "not_yours")
    assert (await world.done(world.psychiatrist, made["id"], "accept"))["recipient"][
        "worker_id"
    ] == world.psychiatrist_id


@pytest.mark.parametrize("change", [{"active": False}, {"practice_role": "case_manager"}])
async def test_a_clinician_who_no_longer_stands_there_backs_nobody(
    referral_world: ReferralWorld, change: dict[str, Any]
) -> None:
    """No partner is asked to walk with somebody on the name of a doctor who is gone; in a crisis the team is there."""
    world, administrator = referral_world, referral_world.network.administrator
    programme, person = await world.programme("peer_run_partner", world.partner_id), await world.person()
    await world.backup(programme)
    wish = await world.wish(programme_id=programme, person_id=person)
    assert (await world.nurse.made("/referrals", wish))["clinical_backup"]["worker_id"] == world.psychiatrist_id
    path = f"/workers/{world.psychiatrist_id}"
    version = (await administrator.ask("GET", path)).json()["version"]
    assert (await administrator.ask("PATCH", path, change, version=version)).status_code == 200
    refused = await world.nurse.ask("POST", "/referrals", wish)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "clinical_backup_required")
    crisis = {"programme_id": programme, "person_id": person, "need": "crisis", "kind": "crisis_bridge"}
    called_in = await world.nurse.made("/referrals", crisis)
    assert (called_in["recipient"]["team_id"], called_in["clinical_backup"]) == (world.clinic_team_id, None)


async def test_the_first_member_of_a_team_takes_it_and_the_second_is_told_who(referral_world: ReferralWorld) -> None:
    world = referral_world
    made = await world.referred(recipient_team_id=world.team_id)
    await world.done(world.peer, made["id"], "accept")
    late = await world.command(world.other_peer, made["id"], "accept", version=1)
    assert (late.status_code, late.json()["code"], late.json()["title"]) == (
        409,
        "already_accepted",
        "Ash (peer support specialist) is already on it",
    )
    assert late.json()["taken_by"] == {"first_name": "Ash", "practice_role": "peer_support_specialist"}
    twice = await world.command(world.peer, made["id"], "accept", version=1)
    assert twice.json()["title"] == "You have already accepted this"
    assert (await world.seen(made["id"], world.other_peer))["taken_by"]["first_name"] == "Ash"


async def test_what_a_team_is_asked_is_judged_for_whoever_takes_it(
    referral_world: ReferralWorld, guard: GuardDouble
) -> None:
    world = referral_world
    made = await world.referred(recipient_team_id=world.team_id, text="Adjust the dose")
    assert (made["decision_id"], guard.asked) == (None, [])
    guard.judge = guard_double.out_of_scope
    peer = world.peer
    for _ in range(2):
        refused = await world.command(peer, made["id"], "accept", key="again")
        assert (refused.status_code, refused.json()["code"]) == (409, "out_of_scope")
    assert (guard.boundary_events, (await world.seen(made["id"]))["status"]) == (1, "requested")
    guard.fault = "500"
    undecided = await world.command(world.other_peer, made["id"], "accept")
    assert (undecided.status_code, undecided.json()["code"], undecided.headers["Retry-After"]) == (
        503,
        "undecided",
        "5",
    )
    guard.fault, guard.judge = None, guard_double.within_scope
    await world.done(world.other_peer, made["id"], "accept")
    assert (await world.seen(made["id"]))["decision_id"] is not None


async def test_nothing_is_stored_without_the_guards_word(referral_world: ReferralWorld, guard: GuardDouble) -> None:
    wish = await referral_world.wish(text="Listen to how the week went")
    for fault in ("500", "garbage", "lost", "refused", "slow"):
        guard.fault = fault
        answer = await referral_world.nurse.ask("POST", "/referrals", wish)
        assert (answer.status_code, answer.json()["code"]) == (503, "undecided"), fault
    assert await referral_world.listed(referral_world.nurse) == []


async def test_a_condition_is_named_and_nothing_is_stored(referral_world: ReferralWorld, guard: GuardDouble) -> None:
    wish = await referral_world.wish(text="Keep the paperwork")
    for judge in (guard_double.needs_review, guard_double.conditional(met=False)):
        guard.judge = judge
        answer = await referral_world.nurse.ask("POST", "/referrals", wish)
        assert (answer.status_code, answer.json()["code"]) == (409, "not_permitted_yet")
    assert [condition["code"] for condition in answer.json()["unmet_conditions"]] == ["documentation_required"]
    assert await referral_world.listed(referral_world.nurse) == []


async def test_a_reroute_takes_the_need_elsewhere_in_one_commit(referral_world: ReferralWorld) -> None:
    world = referral_world
    old = await world.referred()
    gone = await world.command(world.nurse, old["id"], "reroute", {"recipient_worker_id": world.psychiatrist_id})
    assert (gone.status_code, gone.json()["errors"][0]["code"]) == (422, "not_qualified")
    assert (await world.seen(old["id"]))["status"] == "requested", "nothing half-written"
    new = await world.done(world.nurse, old["id"], "reroute", {"recipient_worker_id": world.other_peer_id})
    assert (new["follows"], new["follows_because"], new["status"]) == (old["id"], "rerouted", "requested")
    withdrawn = await world.seen(old["id"])
    assert (withdrawn["status"], withdrawn["status_reason"]) == ("cancelled", "rerouted")
    too_late = await world.command(world.peer, old["id"], "accept")
    assert (too_late.status_code, too_late.json()["code"]) == (409, "no_longer_offered")


async def test_a_no_is_a_good_ending(referral_world: ReferralWorld) -> None:
    world = referral_world
    made = await world.referred()
    later = (datetime.now(UTC) + timedelta(days=20)).isoformat()
    body = {"reason": "cant_right_now", "what_next": "offer_later", "offer_again_at": later, "text": "After my leave"}
    await world.done(world.peer, made["id"], "reject", body)
    seen = await world.seen(made["id"])
    assert (seen["status"], seen["what_next"], seen["notes"][0]["text"]) == (
        "rejected",
        "offer_later",
        "After my leave",
    )
    assert await world.listed(world.nurse, order="offer_again") == [made["id"]]
    again = await world.done(world.nurse, made["id"], "reroute", {"recipient_worker_id": world.other_peer_id})
    assert (again["follows"], (await world.seen(made["id"]))["status"]) == (made["id"], "rejected")
    assert await world.listed(world.nurse, order="offer_again") == [], "it is being offered again"
    twice = await world.done(world.nurse, made["id"], "reroute", {"recipient_worker_id": world.other_peer_id})
    assert twice["duplicate_of"] == again["id"], "asked of somebody else a second time: warned of and linked"


async def test_a_second_referral_for_the_same_need_is_warned_of_and_linked(referral_world: ReferralWorld) -> None:
    world = referral_world
    programme, person = await world.programme("co_located"), await world.person()
    about: dict[str, Any] = {"programme_id": programme, "person_id": person}
    first = await world.referred(**about)
    second = await world.referred(**about)
    assert (first["duplicate_of"], second["duplicate_of"], second["status"]) == (None, first["id"], "requested")
    other_need = await world.referred(**about, need="housing")
    assert other_need["duplicate_of"] is None
    for one in (first, second):
        await world.done(world.nurse, one["id"], "cancel", {"reason": "duplicate"})
    assert (await world.referred(**about))["duplicate_of"] is None


async def test_the_person_asks_for_it_and_says_how_it_ended(referral_world: ReferralWorld) -> None:
    world = referral_world
    made = await world.referred(reported_by="person")
    await world.done(world.peer, made["id"], "accept")
    early = await world.command(world.nurse, made["id"], "person-word", {"word": "not_what_i_wanted"})
    assert (early.status_code, early.json()["code"]) == (409, "illegal_move")
    await world.done(
        world.nurse, made["id"], "close", {"closing_word": "no_longer_interested", "reported_by": "person"}
    )
    await world.done(world.nurse, made["id"], "person-word", {"word": "not_what_i_wanted"})
    seen = await world.seen(made["id"])
    assert (seen["reported_by"], seen["status"], seen["closed_by"], seen["person_word"]) == (
        "person",
        "failed",
        "person",
        "not_what_i_wanted",
    )
    assert seen["history"][-1]["reported_by"] == "person"


async def test_a_draft_waits_for_its_recipient(referral_world: ReferralWorld) -> None:
    world = referral_world
    made = await world.nurse.made("/referrals", await world.wish(status="draft"))
    assert (made["status"], made["recipient"]) == ("draft", None)
    assert (await world.peer.ask("GET", f"/referrals/{made['id']}")).status_code == 404
    unaddressed = await world.command(world.nurse, made["id"], "request", {})
    assert unaddressed.json()["errors"][0]["code"] == "recipient_required"
    asked = await world.done(world.nurse, made["id"], "request", {"recipient_worker_id": world.peer_id})
    assert (asked["status"], asked["version"]) == ("requested", 2)
    assert (await world.seen(made["id"], world.peer))["identified"]
