"""Matching over HTTP and PostgreSQL: explained without private reasons, quick, and silent about what is nobody's business."""

import json
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from fastapi import FastAPI

from services.referrals.main import ROUTERS
from shared.contracts.codes import AccessRole
from tests.fixtures.databases import ServiceDatabase
from tests.services.referrals.api.test_statements import statements
from tests.services.referrals.handoff_world import HandoffWorld

LIVED = "military_service"


async def candidates(world: HandoffWorld, handoff_id: str, *, by: Any = None) -> Any:
    return await (by or world.nurse).ask("GET", f"/handoffs/{handoff_id}/candidates")


async def declare(world: HandoffWorld, *, worker_id: str, person_id: str) -> dict[str, Any]:
    body = {"worker_id": worker_id, "person_id": person_id}
    return await world.supervisor.made(f"/programmes/{world.network.programme_id}/dual-relationships", body)


def one_person(planned: dict[str, Any]) -> tuple[str, str]:
    return planned["person_id"], planned["handoff_id"]


async def test_a_conflict_and_an_absence_are_explained_byte_for_byte_the_same(world: HandoffWorld) -> None:
    peer_id = world.peers[0]
    person_id, handoff_id = one_person(await world.planned())
    before = await candidates(world, handoff_id)
    assert peer_id in [match["worker_id"] for match in before.json()["offered"]]

    absence = await world.supervisor.made(f"/workers/{peer_id}/absences", {})
    away = await candidates(world, handoff_id)
    await world.supervisor.made(f"/workers/{peer_id}/absences/{absence['id']}/end", None, version=1)
    assert (await candidates(world, handoff_id)).content == before.content

    entry = await declare(world, worker_id=peer_id, person_id=person_id)
    conflicted = await candidates(world, handoff_id)
    assert conflicted.content == away.content
    assert set(conflicted.headers) == set(away.headers)
    assert {"worker_id": peer_id, "reason": "not_available"} in conflicted.json()["not_offered"]

    # nor is the peer asked about this person, although nothing else speaks against it
    elsewhere = await world.discharged(person_id=person_id, visit_reference="visit-2")
    assert await world.offered_to(elsewhere["handoff_id"]) != peer_id
    await world.supervisor.made(f"/dual-relationships/{entry['id']}/end", None, version=1)
    again = (await candidates(world, handoff_id)).json()["offered"]
    assert peer_id in [match["worker_id"] for match in again]


async def test_only_the_peer_and_supervisors_of_the_programme_see_a_conflict(world: HandoffWorld) -> None:
    peer_id, person_id = world.peers[0], await world.person()
    entry = await declare(world, worker_id=peer_id, person_id=person_id)
    path = f"/programmes/{world.network.programme_id}/dual-relationships"
    own = "/workers/me/dual-relationships"
    assert [one["id"] for one in (await world.supervisor.ask("GET", path)).json()["items"]] == [entry["id"]]
    assert [one["id"] for one in (await world.peer(peer_id).ask("GET", own)).json()["items"]] == [entry["id"]]
    assert (await world.peer(world.peers[1]).ask("GET", own)).json()["items"] == []
    for caller in (world.nurse, world.network.administrator, world.peer(world.peers[1])):
        assert (await caller.ask("GET", path)).status_code == 403

    other = await world.network.administrator.made("/organizations", {"name": "Elsewhere"})
    body = {"organization_id": other["id"], "display_name": "Sam Example", "practice_role": "peer_supervisor"}
    stranger_id = (await world.network.administrator.made("/workers", body))["id"]
    stranger = world.caller(AccessRole.SUPERVISOR, stranger_id)
    assert (await stranger.ask("GET", path)).status_code == 403
    for caller in (stranger, world.peer(world.peers[1])):
        answer = await caller.ask("POST", f"/dual-relationships/{entry['id']}/end", version=1)
        assert answer.status_code == 404


async def test_a_peer_declares_for_himself_and_only_of_people_he_is_party_to(world: HandoffWorld) -> None:
    discharged = await world.discharged()
    peer_id = await world.offered_to(discharged["handoff_id"])
    peer = world.peer(peer_id)
    body = {"programme_id": world.network.programme_id, "person_id": discharged["person_id"]}
    made = await peer.made("/workers/me/dual-relationships", body)
    assert made["worker_id"] == made["declared_by_worker_id"] == peer_id
    unknown = await peer.ask("POST", "/workers/me/dual-relationships", body | {"person_id": await world.person()})
    nobody = await peer.ask("POST", "/workers/me/dual-relationships", body | {"person_id": str(uuid4())})
    assert unknown.status_code == nobody.status_code == 404


async def test_what_was_lived_through_leads_but_never_leaks(
    world: HandoffWorld, referrals_database: ServiceDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    *_, last = world.peers
    person_id = await world.person()
    owner = world.peer(last)
    said = {"codes": [LIVED], "use_for_matching": False}
    await owner.ask("PUT", "/workers/me/lived-experience", said)
    wish = await world.nurse.ask("PUT", f"/people/{person_id}/wish", {"codes": [LIVED, "grief"]})
    assert wish.status_code == 200
    ask = (f"/programmes/{world.network.programme_id}/matches", {"person_id": person_id})
    unused = await world.nurse.ask("POST", *ask)
    assert unused.json()["offered"][0]["worker_id"] != last, "the peer has not said that it may be used"

    kept = await owner.ask("PUT", "/workers/me/lived-experience", said | {"use_for_matching": True})
    assert kept.json()["codes"] == (await owner.ask("GET", "/workers/me/lived-experience")).json()["codes"] == [LIVED]
    used = await world.nurse.ask("POST", *ask)
    assert used.json()["offered"][0]["worker_id"] == last
    assert len({tuple(one["because"]) for one in used.json()["offered"]}) == 1, "no reason tells who has it"

    # it leads a real offer too, and then nothing that anybody may read, and no table but its own, says it
    discharged = await world.discharged(person_id=person_id)
    assert await world.offered_to(discharged["handoff_id"]) == last
    everybody = [world.nurse, world.supervisor, world.network.administrator, world.peer(world.peers[0])]
    for route in (route for router in ROUTERS for route in router.routes if "GET" in getattr(route, "methods", ())):
        path = route.path  # type: ignore[attr-defined]
        for name, value in {
            "handoff_id": discharged["handoff_id"],
            "transition_id": discharged["id"],
            "worker_id": last,
            "programme_id": world.network.programme_id,
            "team_id": world.team_id,
            "organization_id": world.network.organization_id,
        }.items():
            path = path.replace(f"{{{name}}}", value)
        if "{" in path or path == "/workers/me/lived-experience":
            continue
        for caller in everybody:
            assert LIVED not in (await caller.ask("GET", path)).text, path
    assert LIVED not in caplog.text
    assert await tables_that_say(LIVED, database=referrals_database) == {"lived_experience", "person_wishes"}


async def tables_that_say(word: str, *, database: ServiceDatabase) -> set[str]:
    connection = await asyncpg.connect(database.owner_url)
    try:
        names = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        found = set()
        for (name,) in names:
            rows = await connection.fetch(f"SELECT to_jsonb(t)::text FROM {name} t")
            if any(word in row[0] for row in rows):
                found.add(name)
        return found
    finally:
        await connection.close()


async def test_nobody_else_asks_for_it(world: HandoffWorld) -> None:
    for caller in (world.nurse, world.supervisor, world.network.administrator):
        assert (await caller.ask("GET", "/workers/me/lived-experience")).status_code == 403
        assert (await caller.ask("PUT", "/workers/me/lived-experience", {})).status_code == 403
    peer = world.peer(world.peers[0])
    assert (await peer.ask("GET", f"/people/{await world.person()}/wish")).status_code == 403
    refused = await peer.ask("PUT", "/workers/me/lived-experience", {"codes": ["nobody_knows_this"]})
    assert refused.status_code == 422
    assert "nobody_knows_this" not in refused.text
    assert (await world.nurse.ask("PUT", f"/people/{uuid4()}/wish", {"codes": []})).status_code == 404


async def test_matching_takes_at_most_three_statements(world: HandoffWorld, app: FastAPI) -> None:
    person_id, handoff_id = one_person(await world.planned())
    path = f"/programmes/{world.network.programme_id}"
    async with statements(app) as sent:
        assert (await candidates(world, handoff_id)).status_code == 200
    assert len(sent) <= 3
    async with statements(app) as sent:
        found = await world.nurse.made(f"{path}/matches", {"person_id": person_id})
    assert len(sent) <= 3
    assert {one["worker_id"] for one in found["offered"]} >= set(world.peers)
    async with statements(app) as sent:
        assert (await world.nurse.ask("GET", f"{path}/capacity")).json()["status"] == "has_capacity"
    assert len(sent) <= 3


async def test_matches_need_a_person_or_a_language(world: HandoffWorld) -> None:
    path = f"/programmes/{world.network.programme_id}/matches"
    refused = await world.nurse.ask("POST", path, {})
    assert refused.status_code == 422
    assert refused.json()["errors"] == [{"pointer": "/language", "code": "language_or_person_required"}]
    assert (await world.nurse.ask("POST", path, {"person_id": str(uuid4())})).status_code == 404
    assert (await world.nurse.ask("POST", f"/programmes/{uuid4()}/matches", {"language": "en"})).status_code == 404
    assert (await world.nurse.ask("POST", path, {"language": "es"})).status_code == 200


async def test_a_ceiling_from_a_day_on_closes_places_and_the_capacity_answer_follows(world: HandoffWorld) -> None:
    path, administrator = f"/programmes/{world.network.programme_id}", world.network.administrator
    assert (await world.nurse.ask("GET", f"{path}/ceilings")).json()["caseload"] is None
    await administrator.made(f"{path}/capacity-terms", {"effective_from": "2099-01-01", "caseload": 0})
    assert (await world.nurse.ask("GET", f"{path}/capacity")).json()["status"] == "has_capacity", "not in force yet"
    await administrator.made(
        f"{path}/capacity-terms", {"effective_from": "2020-01-01", "caseload": 1, "waitlist": True}
    )
    assert (await world.nurse.ask("GET", f"{path}/ceilings")).json()["caseload"] == 1
    for _ in world.peers:
        await world.discharged()
    full = await world.nurse.made(f"{path}/matches", {"language": "en"})
    assert {one["reason"] for one in full["not_offered"]} == {"no_free_place"}
    assert full["offered"] == []
    answer = (await world.nurse.ask("GET", f"{path}/capacity")).json()
    assert answer["status"] == "no_capacity_with_waitlist"
    assert set(answer) == {"programme_id", "status", "as_of"}
    assert not any(worker in json.dumps(answer) for worker in world.peers)
    twice = await administrator.ask("POST", f"{path}/capacity-terms", {"effective_from": "2020-01-01"})
    assert twice.status_code == 409


async def test_supervision_that_is_overdue_counts_where_the_programme_says_so(world: HandoffWorld) -> None:
    path = f"/programmes/{world.network.programme_id}"
    terms = {"effective_from": "2020-01-01", "supervision_must_be_current": True}
    await world.network.administrator.made(f"{path}/capacity-terms", terms)
    found = await world.nurse.made(f"{path}/matches", {"language": "en"})
    assert found["offered"] == []
    assert {one["reason"] for one in found["not_offered"]} == {"not_available"}
