"""Somebody who knows the person from elsewhere: not asked, let go of what waits, never dropped, and nobody else learns why."""

from typing import Any

from shared.contracts.codes import AccessRole
from tests.fixtures.databases import ServiceDatabase
from tests.services.referrals.conftest import Caller
from tests.services.referrals.consent_world import ConsentWorld
from tests.services.referrals.handoff_world import HandoffWorld, accepted
from tests.services.referrals.referral_world import ReferralWorld


async def away(by: Caller, worker_id: str) -> dict[str, Any]:
    return await by.made(f"/workers/{worker_id}/absences", {})


async def back(by: Caller, worker_id: str, absence: dict[str, Any]) -> None:
    await by.made(f"/workers/{worker_id}/absences/{absence['id']}/end", None, version=1)


async def declare(by: Caller, programme: str, **about: Any) -> dict[str, Any]:
    return await by.made("/workers/me/dual-relationships", {"programme_id": programme} | about)


async def test_a_task_for_somebody_who_knows_the_person_reads_as_for_somebody_who_is_away(world: HandoffWorld) -> None:
    person, peer = await world.person(), world.network.peer_id
    wish = world.network.task(person_id=person)
    await world.nurse.made("/tasks", wish)
    absence = await away(world.supervisor, peer)
    missing = await world.nurse.ask("POST", "/tasks", wish)
    assert (missing.status_code, missing.json()["errors"]) == (
        422,
        [{"pointer": "/assignee_worker_id", "code": "not_available"}],
    )
    await back(world.supervisor, peer, absence)
    body = {"worker_id": peer, "person_id": person}
    entry = await world.supervisor.made(f"/programmes/{world.network.programme_id}/dual-relationships", body)
    known = await world.nurse.ask("POST", "/tasks", wish)
    assert known.content == missing.content
    assert set(known.headers) == set(missing.headers)
    assert len((await world.nurse.ask("GET", "/tasks")).json()["items"]) == 1, "nothing half-written"
    stranger = await world.person()
    await world.nurse.made("/tasks", wish | {"person_id": stranger})
    await world.supervisor.made(f"/dual-relationships/{entry['id']}/end", None, version=1)
    await world.nurse.made("/tasks", wish)


async def test_a_referral_by_name_reads_the_same(referral_world: ReferralWorld) -> None:
    world = referral_world
    person, programme = await world.person(), world.network.programme_id
    peer, lead = world.network.peer_id, world.network.supervisor
    wish = await world.wish(programme_id=programme, person_id=person, recipient_worker_id=peer)
    absence = await away(lead, peer)
    missing = await world.nurse.ask("POST", "/referrals", wish)
    assert missing.json()["errors"] == [{"pointer": "/recipient_worker_id", "code": "not_available"}]
    await back(lead, peer, absence)
    body = {"worker_id": peer, "person_id": person}
    await lead.made(f"/programmes/{programme}/dual-relationships", body)
    known = await world.nurse.ask("POST", "/referrals", wish)
    assert known.content == missing.content
    assert await world.listed(world.nurse, person_id=person) == []
    elsewhere = await world.nurse.made("/referrals", wish | {"recipient_worker_id": world.other_peer_id})
    moved = await world.command(world.nurse, elsewhere["id"], "reroute", {"recipient_worker_id": peer}, version=1)
    assert moved.json()["errors"] == missing.json()["errors"]
    assert (await world.seen(elsewhere["id"]))["status"] == "requested"


async def test_a_waiting_offer_goes_to_the_next_as_if_somebody_were_away(world: HandoffWorld) -> None:
    begun = await world.discharged()
    handoff_id = begun["handoff_id"]
    first = await world.offered_to(handoff_id)
    noted = await declare(world.peer(first), world.network.programme_id, person_id=begun["person_id"])
    assert noted["still_held"] == []
    seen = await world.handoff(handoff_id)
    assert seen["next"]["worker_id"] not in (first, None)
    assert [offer["status"] for offer in seen["offers"]] == ["withdrawn", "open"]
    (told,) = [fact for fact in seen["timeline"] if fact["kind"] == "rehomed"]
    assert (told["code"], told["worker_id"], told["by_worker_id"]) == ("assignee_away", first, None)
    late = await world.peer(first).ask("POST", f"/handoffs/{handoff_id}/accept", version=seen["version"])
    assert late.status_code in (404, 409)
    again = await declare(world.peer(first), world.network.programme_id, person_id=begun["person_id"])
    assert again["id"] == noted["id"], "said twice is said once"


async def test_what_is_held_stays_until_the_peer_steps_back(world: HandoffWorld) -> None:
    transition_id, handoff_id, peer = await accepted(world)
    person = (await world.transition(transition_id))["person_id"]
    text = {"how": "phone", "outcome": "reached"}
    await world.done(world.peer(peer), handoff_id, "first-contact", text)
    noted = await declare(world.peer(peer), world.network.programme_id, person_id=person)
    assert noted["still_held"] == [{"kind": "handoff", "id": handoff_id}]
    assert (await world.handoff(handoff_id))["accepted_by"] == peer
    assert (await world.transition(transition_id))["owner_worker_id"] == peer
    done = await declare(world.peer(peer), world.network.programme_id, person_id=person, step_back=True)
    assert done["still_held"] == []
    moved = await world.handoff(handoff_id)
    assert (moved["state"], moved["accepted_by"]) == ("offered", None)
    assert moved["next"]["worker_id"] != peer
    assert (await world.transition(transition_id))["owner_worker_id"] not in (peer, None), "never nobody"


async def test_a_task_goes_back_to_whoever_asked_and_to_nobody_who_knows_the_person(world: HandoffWorld) -> None:
    person, peer = await world.person(), world.network.peer
    task = (await world.nurse.made("/tasks", world.network.task(person_id=person)))["id"]
    noted = await declare(peer, world.network.programme_id, person_id=person)
    assert noted["still_held"] == [{"kind": "task", "id": task}]
    assert (await peer.ask("GET", f"/tasks/{task}")).json()["status"] == "assigned"
    done = await declare(peer, world.network.programme_id, person_id=person, step_back=True)
    assert done["still_held"] == []
    given_back = (await world.nurse.ask("GET", f"/tasks/{task}")).json()
    assert (given_back["status"], given_back["status_reason"]) == ("proposed", "assignee_away"), "as if they were away"
    assert given_back["review_due_at"] is not None
    assert (await peer.ask("GET", f"/people/{person}")).status_code == 404
    decision = {"decision": "approve", "reason": "fits_the_role", "words": "They know the way"}
    path, version = f"/tasks/{task}/review", given_back["version"]
    approved = await world.supervisor.ask("POST", path, decision, version=version)
    assert approved.json()["errors"] == [{"pointer": "/assignee_worker_id", "code": "not_available"}]


async def test_a_waiting_referral_is_answered_plainly_and_the_team_is_asked(
    referral_world: ReferralWorld, referrals_database: ServiceDatabase
) -> None:
    world = referral_world
    person, programme = await world.person(), await world.programme("co_located", world.partner_id)
    named = await world.referred(programme_id=programme, person_id=person, need="housing")
    held = await world.referred(programme_id=programme, person_id=person, recipient_team_id=world.team_id)
    await world.done(world.peer, held["id"], "accept")
    noted = await declare(world.peer, programme, person_id=person)
    assert noted["still_held"] == [{"kind": "referral", "id": held["id"]}]
    seen = await world.seen(named["id"])
    assert (seen["status"], seen["status_reason"], seen["what_next"]) == ("rejected", "cant_right_now", "another_peer")
    assert (await world.seen(held["id"]))["status"] == "accepted"
    done = await declare(world.peer, programme, person_id=person, step_back=True)
    assert done["still_held"] == []
    assert (await world.seen(held["id"]))["status"] == "failed"
    (waits,) = await world.listed(world.nurse, status="requested")
    again = await world.seen(waits)
    assert (again["follows"], again["recipient"]["worker_id"], again["recipient"]["team_id"]) == (
        held["id"],
        None,
        world.team_id,
    )
    rows = await ConsentWorld(
        referrals=world, database=referrals_database, person_id=person, referral_id=waits, programme_id=programme
    ).rows("SELECT payload FROM outbox")
    assert not [row for row in rows if "dual" in row["payload"] or "conflict" in row["payload"]]


async def test_a_member_who_knows_the_person_leaves_a_team_s_referral_to_the_others(
    referral_world: ReferralWorld,
) -> None:
    world, network = referral_world, referral_world.network
    person, programme, peer_id = await world.person(), network.programme_id, network.peer_id
    colleague = await world.worker("Cyan Example", "peer_support_specialist", network.organization_id)
    asked = {"recipient_team_id": await world.team("Clinic peers", network.organization_id, peer_id, colleague)}
    waits = (await world.referred(programme_id=programme, person_id=person, **asked))["id"]
    absence = await away(network.supervisor, peer_id)
    missing = await world.command(network.peer, waits, "accept")
    assert (missing.status_code, missing.json()["errors"][0]["code"]) == (422, "not_available")
    await back(network.supervisor, peer_id, absence)
    body = {"worker_id": peer_id, "person_id": person}
    await network.supervisor.made(f"/programmes/{programme}/dual-relationships", body)
    known = await world.command(network.peer, waits, "accept")
    assert known.content == missing.content
    assert set(known.headers) == set(missing.headers)
    assert (await world.seen(waits))["status"] == "requested"
    other = (await world.referred(programme_id=programme, **asked))["id"]
    await world.done(network.peer, other, "accept")
    await world.done(world.caller(AccessRole.PEER, colleague), waits, "accept")
