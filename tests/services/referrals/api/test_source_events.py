"""Facts of sources over HTTP and on the real database."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

from shared.contracts.codes import AccessRole
from tests.services.referrals.handoff_world import HandoffWorld

KEY = "digest-of-visit-0001"
NOW = datetime.now(UTC)


async def tell(world: HandoffWorld, kind: str, *, hours_ago: float, **more: Any) -> httpx2.Response:
    """An administrator passes a fact on."""
    body = {
        "kind": kind,
        "source_key": KEY,
        "programme_id": world.network.programme_id,
        "event_at": (NOW - timedelta(hours=hours_ago)).isoformat(),
    } | more
    body = {name: value for name, value in body.items() if value is not None}
    return await world.network.administrator.ask("POST", "/transitions/source-events", body)


async def stands(world: HandoffWorld, kind: str, *, hours_ago: float, **more: Any) -> dict[str, Any]:
    """The first episode that the answer tells of."""
    answer = await tell(world, kind, hours_ago=hours_ago, **more)
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["episodes"][0])


async def test_a_stay_as_a_source_tells_it(world: HandoffWorld) -> None:
    person = await world.person()
    later = (NOW + timedelta(hours=40)).isoformat()
    planned = await stands(world, "discharge_planned", hours_ago=5, moment=later, person_id=person)
    assert planned["stands"] == "planned"
    left = await stands(world, "discharged", hours_ago=2, person_id=person)
    assert (left["stands"], left["transition_id"]) == ("discharged", planned["transition_id"])
    again = await stands(world, "discharged", hours_ago=2, person_id=person)
    assert again == left
    transition = await world.transition(left["transition_id"])
    assert transition["handoff_state"] == "offered"
    assert transition["owner_worker_id"] == world.network.supervisor_id, "nobody sent the person: the duty owner holds"
    back = await stands(world, "discharge_cancelled", hours_ago=1, person_id=person)
    assert back["stands"] == "nothing"
    assert (await world.transition(left["transition_id"]))["status"] == "retracted"
    once_more = await stands(world, "discharged", hours_ago=0.5, person_id=person)
    assert once_more["transition_id"] != left["transition_id"]


async def test_what_somebody_entered_by_hand_is_the_same_stay(world: HandoffWorld) -> None:
    by_hand = await world.planned()
    left = await stands(world, "discharged", hours_ago=1, person_id=by_hand["person_id"])
    assert left["transition_id"] == by_hand["id"]
    assert (await world.transition(by_hand["id"]))["status"] == "discharged"


async def test_two_records_of_one_person_become_one_handoff(world: HandoffWorld) -> None:
    first, second = await world.discharged(), await world.discharged()
    task_free = (first["person_id"], second["person_id"])
    joined = await tell(
        world,
        "people_joined",
        hours_ago=1,
        person_id=task_free[0],
        merged_person_id=task_free[1],
        source_key=None,
        programme_id=None,
    )
    assert joined.status_code == 200, joined.text
    found = [await world.transition(one["id"]) for one in (first, second)]
    assert sorted(one["status"] for one in found) == ["discharged", "retracted"]
    assert {one["person_id"] for one in found} == {task_free[0]}


async def test_two_messages_at_once_make_one_transition(world: HandoffWorld) -> None:
    person = await world.person()
    hours = (3, 2.5, 2, 1.5)
    answers = await asyncio.gather(*(tell(world, "discharged", hours_ago=one, person_id=person) for one in hours))
    assert {answer.status_code for answer in answers} == {200}
    made = {answer.json()["episodes"][0]["transition_id"] for answer in answers}
    assert len(made) == 1
    left = datetime.fromisoformat((await world.transition(made.pop()))["discharged_at"])
    assert left == NOW - timedelta(hours=1.5)


async def test_bad_words_of_a_source_are_refused_plainly(world: HandoffWorld) -> None:
    person = await world.person()
    tomorrow = await tell(world, "discharged", hours_ago=-24, person_id=person)
    assert tomorrow.json()["errors"] == [{"pointer": "/event_at", "code": "in_the_future"}]
    stranger = await tell(world, "discharged", hours_ago=1, person_id="00000000-0000-7000-8000-000000000001")
    assert (stranger.status_code, stranger.json()["errors"][0]["pointer"]) == (404, "/person_id")
    named = await tell(world, "discharged", hours_ago=1, person_id=person, source_key="V-1")
    assert named.status_code == 422, "a visit number itself is not taken"
    peer = world.caller(AccessRole.PEER, world.peers[0])
    assert (await peer.ask("POST", "/transitions/source-events", {})).status_code == 403
