"""The register of people: staff read whom their organisation knows, and nobody reads the whole network's but administrators."""

from uuid import uuid4

import pytest

from shared.contracts.codes import AccessRole
from tests.services.referrals.referral_world import ReferralWorld


async def ids(caller: object) -> set[str]:
    answer = await caller.ask("GET", "/people", params={"limit": 100})  # type: ignore[attr-defined]
    assert answer.status_code == 200, answer.text
    return {one["id"] for one in answer.json()["items"]}


async def test_staff_elsewhere_read_whom_their_organisation_knows(referral_world: ReferralWorld) -> None:
    world = referral_world
    nurse_there = world.caller(AccessRole.CLINICIAN, await world.worker("Nia Example", "nurse", world.partner_id))
    person, silent = await world.person(), await world.person(agreed=False)
    colleague = world.caller(AccessRole.CASE_MANAGER, world.case_manager_id)
    assert await ids(colleague) == {person, silent}, "the house that took them in"
    assert await ids(world.network.administrator) == {person, silent}
    for caller in (nurse_there, world.lead):
        assert await ids(caller) == set()
        for one in (person, silent):
            assert (await caller.ask("GET", f"/people/{one}")).status_code == 404
    refused = await nurse_there.ask("PATCH", f"/people/{person}", {"pronouns": "they"}, version=1)
    assert refused.status_code == 404
    for method, body in (("GET", None), ("PUT", {"codes": []})):
        assert (await nurse_there.ask(method, f"/people/{person}/wish", body)).status_code == 404
    own = await nurse_there.made("/people", {"given_name": "Sky", "family_name": "Example", "language": "en"})
    assert await ids(nurse_there) == await ids(world.lead) == {own["id"]}
    assert own["id"] not in await ids(world.nurse)


async def test_a_relation_opens_the_record_and_being_asked_alone_does_not(referral_world: ReferralWorld) -> None:
    world = referral_world
    person = await world.person()
    programme = await world.programme("co_located", world.partner_id)
    await world.referred(programme_id=programme, person_id=person)
    assert await ids(world.lead) == set(), "they are told by consent on the referral, with its notice"
    assert await ids(world.nurse) == {person}
    admin = world.network.administrator
    arrived = await admin.made("/people", {"given_name": "Sky", "family_name": "Example", "language": "en"})
    assert arrived["id"] not in await ids(world.nurse), "nobody knows them yet"
    fact = {"kind": "discharged", "source_key": "digest-of-visit-0009", "programme_id": world.network.programme_id}
    told = fact | {"event_at": "2026-01-01T00:00:00Z"}
    answer = await admin.ask("POST", "/transitions/source-events", told | {"person_id": arrived["id"]})
    assert answer.status_code == 200, answer.text
    assert arrived["id"] in await ids(world.nurse), "the programme that they leave"


@pytest.mark.parametrize("door", ["/tasks", "/transitions", "/referrals"])
async def test_naming_somebody_by_an_id_is_no_way_to_learn_who_they_are(
    door: str, referral_world: ReferralWorld
) -> None:
    world = referral_world
    person = await world.person()
    nurse_there = world.caller(AccessRole.CLINICIAN, await world.worker("Nia Example", "nurse", world.partner_id))
    programme = await world.programme("co_located", world.partner_id)
    body = {
        "/tasks": world.network.task(assignee_worker_id=world.peer_id),
        "/transitions": {"programme_id": programme, "status": "discharged"},
        "/referrals": await world.wish(programme_id=programme, person_id=person),
    }[door]
    for caller in (nurse_there, world.lead):
        stranger, nobody = [await caller.ask("POST", door, body | {"person_id": one}) for one in (person, str(uuid4()))]
        assert stranger.status_code == nobody.status_code == 404
        assert stranger.json()["errors"] == nobody.json()["errors"]
        assert stranger.json()["errors"][0]["pointer"] == "/person_id"
        assert await ids(caller) == set()
    await world.nurse.made(door, body | {"person_id": person})
    arrived = await nurse_there.made("/people", {"given_name": "Sky", "family_name": "Example", "language": "en"})
    await nurse_there.made(door, body | {"person_id": arrived["id"]})
    assert await ids(world.lead) - {person} == {arrived["id"]}, "whoever is at home there can be named there"


async def test_a_peer_asks_for_nothing_about_whom_they_do_not_walk_with(referral_world: ReferralWorld) -> None:
    world = referral_world
    person, stranger = await world.person(), await world.person()
    asked = {"assignee_worker_id": world.peer_id}
    await world.nurse.made("/tasks", world.network.task(**asked, person_id=person))
    await world.peer.made("/tasks", world.network.task(**asked, person_id=person))
    refused = await world.peer.ask("POST", "/tasks", world.network.task(**asked, person_id=stranger))
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (404, "/person_id")
