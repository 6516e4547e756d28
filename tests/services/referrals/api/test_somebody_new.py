"""Somebody new is taken down with the referral that is made for them, or not at all; and what pages ask beside."""

from fastapi import FastAPI

from tests.services.referrals import guard_double
from tests.services.referrals.api.test_people_elsewhere import ids
from tests.services.referrals.api.test_statements import statements
from tests.services.referrals.guard_double import GuardDouble
from tests.services.referrals.handoff_world import HandoffWorld
from tests.services.referrals.referral_world import ReferralWorld

NEWCOMER = {"given_name": "Sky", "family_name": "Example", "language": "en"}


async def test_a_refusal_leaves_nobody_behind_and_a_retry_adds_one_person(
    referral_world: ReferralWorld, guard: GuardDouble, app: FastAPI
) -> None:
    world = referral_world
    wish = await world.wish(person_id="none", activity="community_accompaniment", text="Walk along")
    del wish["person_id"]
    wish |= {"person": NEWCOMER, "recipient_worker_id": world.network.peer_id}
    before = await ids(world.nurse)
    guard.judge = guard_double.out_of_scope
    refused = await world.nurse.ask("POST", "/referrals", wish, key="form-1")
    assert refused.status_code == 409
    unknown = await world.nurse.ask("POST", "/referrals", wish | {"recipient_worker_id": world.team_id}, key="form-2")
    assert unknown.status_code == 404
    assert await ids(world.nurse) == before
    guard.judge = guard_double.within_scope
    async with statements(app) as sent:
        made = await world.nurse.made("/referrals", wish, key="form-3")
    assert len(sent) == 3  # the guard is asked with facts of its own; everything written is one statement
    again = await world.nurse.made("/referrals", wish, key="form-3")
    assert again["id"] == made["id"]
    (added,) = await ids(world.nurse) - before
    assert (await world.seen(made["id"]))["person"] == {
        "person_id": added,
        "called": "Sky",
        "language": "en",
        "contact_preference": "staff_only",
    }


async def test_somebody_new_leaves_with_the_transition_that_is_made_for_them_or_not_at_all(world: HandoffWorld) -> None:
    plan = {"programme_id": world.network.programme_id, "status": "discharged", "person": NEWCOMER}
    before = await ids(world.nurse)
    refused = await world.nurse.ask(
        "POST", "/transitions", plan | {"programme_id": world.network.peer_id}, key="form-1"
    )
    assert (refused.status_code, await ids(world.nurse)) == (404, before)
    begun = await world.nurse.made("/transitions", plan, key="form-2")
    again = await world.nurse.made("/transitions", plan, key="form-2")
    assert again["id"] == begun["id"]
    assert await ids(world.nurse) - before == {begun["person_id"]}
    assert (await world.handoff(begun["handoff_id"]))["person"]["called"] == "Sky E."
    both = await world.nurse.ask("POST", "/transitions", plan | {"person_id": begun["person_id"]})
    nobody = await world.nurse.ask("POST", "/transitions", {name: plan[name] for name in plan if name != "person"})
    assert (both.status_code, nobody.status_code) == (422, 422)


async def test_one_person_and_by_those_who_may(referral_world: ReferralWorld) -> None:
    world = referral_world
    wish = await world.wish()
    both = await world.nurse.ask("POST", "/referrals", wish | {"person": NEWCOMER})
    nobody = await world.nurse.ask("POST", "/referrals", {name: wish[name] for name in wish if name != "person_id"})
    assert (both.status_code, nobody.status_code) == (422, 422)
    new = {name: wish[name] for name in wish if name != "person_id"} | {"person": NEWCOMER}
    by_peer = await world.peer.ask("POST", "/referrals", new | {"recipient_worker_id": world.other_peer_id})
    assert by_peer.status_code in (403, 404)
    impossible = await world.nurse.ask("POST", "/referrals", new | {"person": NEWCOMER | {"birth_date": "2999-01-01"}})
    assert (impossible.status_code, impossible.json()["errors"][0]["pointer"]) == (422, "/person/birth_date")


async def test_a_list_by_requester(referral_world: ReferralWorld) -> None:
    world = referral_world
    first = (await world.referred())["id"]
    programme, person = await world.programme("co_located"), await world.person()
    about = {"programme_id": programme, "person_id": person, "need": "housing", "kind": "peer_service"}
    other = await world.psychiatrist.made("/referrals", about | {"recipient_worker_id": world.peer_id})
    assert await world.listed(world.nurse, requester="me") == [first]
    assert await world.listed(world.nurse, requester=world.psychiatrist_id) == [other["id"]]
    assert await world.listed(world.nurse, requester="me", owner=world.peer_id) == [first]
    assert await world.listed(world.nurse, requester="me", order="due") == [first]
    assert await world.listed(world.nurse, requester=world.psychiatrist_id, person_id=person) == [other["id"]]


async def test_who_is_called_in_and_who_is_not_there(referral_world: ReferralWorld) -> None:
    world = referral_world
    programme = await world.programme("peer_run_partner")
    path = f"/programmes/{programme}/clinical-backup"
    assert (await world.nurse.ask("GET", path)).status_code == 404
    await world.backup(programme)
    assert (await world.nurse.ask("GET", path)).json()["worker_id"] == world.psychiatrist_id
    absence = await world.peer.made(f"/workers/{world.peer_id}/absences", {})
    own = f"/workers/{world.peer_id}/absences"
    for caller in (world.peer, world.lead):
        assert [one["id"] for one in (await caller.ask("GET", own)).json()["items"]] == [absence["id"]]
    for caller in (world.nurse, world.other_peer):
        assert (await caller.ask("GET", own)).status_code == 403
