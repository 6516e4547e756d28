"""A house plans, changes and reads its own journeys; the one that is asked to walk on reads its part, without a name."""

from typing import Any

import pytest

from shared.contracts.codes import AccessRole
from tests.services.referrals.api.test_across_organizations import certified
from tests.services.referrals.api.test_own_house import at_home_there, nurse_there
from tests.services.referrals.conftest import Caller
from tests.services.referrals.consent_world import VISIT
from tests.services.referrals.referral_world import ReferralWorld, in_days

COMMANDS: tuple[tuple[str, dict[str, Any] | None], ...] = (
    ("replan", {"expected_at": in_days(2)}),
    ("discharge", None),
    ("cancel", {"reason": "plan_changed"}),
    ("retract", {"reason": "entered_in_error"}),
)


async def planned(world: ReferralWorld, by: Caller, **changes: Any) -> dict[str, Any]:
    """Somebody is on the way into a programme of the house of peers, whose own lead is on duty there."""
    programme = await world.programme("peer_run_partner", world.partner_id, duty_owner_worker_id=world.partner_lead_id)
    body = {"programme_id": programme, "status": "planned", "expected_at": in_days(1), "visit_reference": VISIT}
    return await by.made("/transitions", body | changes)


async def third_house(world: ReferralWorld) -> dict[str, Caller]:
    """Staff of a house that has nothing to do with it."""
    shelter = str((await world.network.administrator.made("/organizations", {"name": "Quay Shelter"}))["id"])
    lead = await world.worker("Sol Example", "peer_supervisor", shelter)
    return {
        "nurse": world.caller(AccessRole.CLINICIAN, await world.worker("Noa Example", "nurse", shelter)),
        "lead": world.caller(AccessRole.SUPERVISOR, lead),
        "nobody": world.caller(AccessRole.SUPERVISOR),
    }


async def listed(caller: Caller, path: str) -> dict[str, Any]:
    return {line["id"]: line for line in (await caller.ask("GET", path)).json()["items"]}


async def test_whoever_is_asked_to_walk_on_reads_and_changes_nothing(referral_world: ReferralWorld) -> None:
    world = referral_world
    person = await world.person(agreed=False)
    begun = await planned(world, world.nurse, person_id=person)
    assert (begun["person_id"], begun["visit_reference"]) == (person, VISIT)
    path = f"/transitions/{begun['id']}"
    for caller in (world.lead, await nurse_there(world)):
        for seen in ((await caller.ask("GET", path)).json(), (await listed(caller, "/transitions"))[begun["id"]]):
            assert [seen[name] for name in ("status", "person_id", "visit_reference")] == ["planned", None, None]
        assert (await listed(caller, "/handoffs"))[begun["handoff_id"]]["called"] is None
        for command, body in COMMANDS:
            refused = await caller.ask("POST", f"{path}/{command}", body, version=1)
            assert (refused.status_code, refused.json()["code"]) == (403, "not_yours"), command
            assert person not in refused.text
        prepared = await caller.ask(
            "POST", f"/handoffs/{begun['handoff_id']}/preparation", {"step": "consent_asked"}, version=1
        )
        assert prepared.status_code == 403
    for caller in (world.psychiatrist, world.network.supervisor, world.network.administrator):
        seen = (await caller.ask("GET", path)).json()
        assert (seen["person_id"], seen["visit_reference"], seen["version"]) == (person, VISIT, 1)
    moved = await world.psychiatrist.made(f"{path}/replan", {"expected_at": in_days(2)}, version=1)
    assert moved["person_id"] == person


async def test_a_house_without_a_part_in_it_finds_nothing(referral_world: ReferralWorld) -> None:
    world = referral_world
    begun = await planned(world, world.nurse, person_id=await world.person())
    for caller in (await third_house(world)).values():
        for path in ("/transitions", "/handoffs"):
            assert await listed(caller, path) == {}
        for path in (f"/transitions/{begun['id']}", f"/handoffs/{begun['handoff_id']}"):
            assert (await caller.ask("GET", path)).status_code == 404
        for command, body in COMMANDS:
            answer = await caller.ask("POST", f"/transitions/{begun['id']}/{command}", body, version=1)
            assert answer.status_code == 404, command


async def test_an_escalation_is_answered_by_supervisors_of_either_house_and_no_other(
    referral_world: ReferralWorld,
) -> None:
    """No peer may be asked: the duty owner of the programme is, and every supervisor of the two houses may answer."""
    world = referral_world
    begun = await planned(world, world.nurse, person_id=await world.person(agreed=False))
    handoff = f"/handoffs/{begun['handoff_id']}"
    left = await world.nurse.ask("POST", f"/transitions/{begun['id']}/discharge", version=1)
    assert left.status_code == 200, left.text
    version = (await world.nurse.ask("GET", handoff)).json()["version"]
    for caller in (await third_house(world)).values():
        assert (await caller.ask("POST", f"{handoff}/accept", version=version)).status_code in (403, 404)
    second = world.caller(AccessRole.SUPERVISOR, await world.worker("Lux Example", "peer_supervisor", world.partner_id))
    assert (await second.ask("POST", f"{handoff}/accept", version=version)).status_code == 200
    seen = (await second.ask("GET", handoff)).json()
    assert (seen["state"], seen["person"]) == ("accepted", None)


async def test_nobody_makes_another_house_the_sender(referral_world: ReferralWorld) -> None:
    """Whoever sends somebody knows who it is: a supervisor's word would tell a house without a consent."""
    world = referral_world
    person, supervisor = await world.person(agreed=False), world.network.supervisor
    programme = await world.programme("co_located", world.partner_id, duty_owner_worker_id=world.partner_lead_id)
    body = {"person_id": person, "programme_id": programme, "status": "discharged"}
    for more in ({}, {"sender_worker_id": world.partner_lead_id}, {"sender_worker_id": world.peer_id}):
        refused = await supervisor.ask("POST", "/transitions", body | more)
        assert refused.status_code == 422, refused.text
        assert refused.json()["errors"] == [{"pointer": "/sender_worker_id", "code": "works_elsewhere"}]
    assert (await world.lead.ask("GET", f"/people/{person}")).status_code == 404
    assert await listed(world.lead, "/transitions") == {}
    sent = await supervisor.made("/transitions", body | {"sender_worker_id": world.network.nurse_id})
    assert sent["sender_worker_id"] == world.network.nurse_id
    recorded = await world.network.administrator.made("/transitions", body | {"visit_reference": VISIT})
    assert (recorded["sender_worker_id"], recorded["person_id"]) == (None, person), "they speak for the whole network"


async def test_a_programme_of_ones_own_house_needs_no_sender(referral_world: ReferralWorld) -> None:
    world = referral_world
    person = await at_home_there(world, await nurse_there(world))
    begun = await planned(world, world.lead, person_id=person)
    assert (begun["sender_worker_id"], begun["owner_worker_id"]) == (None, world.partner_lead_id)
    assert begun["person_id"] == person
    assert begun["id"] not in await listed(world.network.supervisor, "/transitions")


@pytest.mark.parametrize("agreed", [False, True])
async def test_matching_speaks_of_nobody_whom_the_house_does_not_know(
    referral_world: ReferralWorld, agreed: bool
) -> None:
    """Reasons would tell the person's language, what they asked for, and whether there is a consent."""
    world = referral_world
    await certified(world)
    person = await world.person(agreed=agreed)
    begun = await planned(world, world.nurse, person_id=person)
    asked = {"person_id": person}
    for caller in (world.lead, await nurse_there(world)):
        answer = await caller.ask("POST", f"/programmes/{begun['programme_id']}/matches", asked)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (404, "/person_id")
        candidates = f"/handoffs/{begun['handoff_id']}/candidates"
        assert (await caller.ask("GET", candidates)).status_code == 403
        assert (await world.psychiatrist.ask("GET", candidates)).status_code == 200
    known = await world.nurse.ask("POST", f"/programmes/{begun['programme_id']}/matches", asked)
    assert known.status_code == 200
    for caller in (await third_house(world)).values():
        assert (await caller.ask("GET", candidates)).status_code == 404


async def test_guessing_whom_a_way_without_a_name_is_about_tells_nothing(referral_world: ReferralWorld) -> None:
    """Whoever is asked knows the transition's id and some people by name: naming both in a referral must not say whether they fit."""
    world = referral_world
    there = await nurse_there(world)
    theirs, another = await at_home_there(world, there), await at_home_there(world, there)
    administrator = world.network.administrator
    begun = await planned(world, administrator, person_id=theirs, sender_worker_id=world.network.nurse_id)
    assert (await listed(world.lead, "/transitions"))[begun["id"]]["person_id"] is None
    answers = []
    for guess in (theirs, another):
        wish = await world.wish(person_id=guess, transition_id=begun["id"])
        answer = await world.lead.ask("POST", "/referrals", wish)
        answers.append((answer.status_code, answer.json()["errors"]))
    assert answers == [(404, [{"pointer": "/transition_id", "code": "not_found"}])] * 2
    sent = await world.wish(person_id=theirs, transition_id=begun["id"])
    assert (await world.nurse.made("/referrals", sent))["transition_id"] == begun["id"]
