"""Who knew what, when; which protocol is in force; who is on call."""

from datetime import UTC, datetime, timedelta

from tests.services.referrals.handoff_world import HandoffWorld, accepted


async def test_the_timeline_tells_when_things_happened_and_when_they_were_known(world: HandoffWorld) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    begun = await world.discharged(occurred_at=yesterday.isoformat())
    handoff_id = begun["handoff_id"]
    peer = world.peer(await world.offered_to(handoff_id))
    await world.done(peer, handoff_id, "accept")
    await world.done(peer, handoff_id, "first-contact", {"how": "in_person", "outcome": "reached"})
    answer = await world.supervisor.ask("GET", f"/handoffs/{handoff_id}/timeline")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    kinds = [entry["kind"] for entry in told["entries"]]
    assert kinds[:2] == ["discharged", "offered"]
    assert {"accepted", "first_contact", "custody_moved", "milestone_met"} <= set(kinds)
    left = told["entries"][0]
    assert datetime.fromisoformat(left["occurred_at"]) == yesterday
    assert datetime.fromisoformat(left["recorded_at"]) > yesterday + timedelta(hours=23)
    late = {entry["milestone"]: entry["in_time"] for entry in told["entries"] if entry["kind"] == "milestone_met"}
    assert late["owner_accepts"] is False
    assert [line["cause"] for line in told["custody"]] == ["begun", "first_contact"]
    assert told["gap"]["waited_minutes"] >= 24 * 60
    assert told["gap"]["gap_minutes"] == 0, "this programme never closes"
    stranger = world.peer(
        next(one for one in world.peers if world.peer(one) != peer and one != told["custody"][-1]["to_worker_id"])
    )
    assert (await stranger.ask("GET", f"/handoffs/{handoff_id}/timeline")).status_code == 404


async def test_a_peer_does_not_read_whom_else_was_asked(world: HandoffWorld) -> None:
    _, handoff_id, peer = await accepted(world)
    told = (await world.peer(peer).ask("GET", f"/handoffs/{handoff_id}/timeline")).json()
    assert "suggested" not in {entry["kind"] for entry in told["entries"]}
    assert (await world.nurse.ask("GET", f"/handoffs/{handoff_id}")).json()["milestones"][0]["occurrence"] == 1


async def test_the_protocol_in_force(world: HandoffWorld) -> None:
    path = f"/programmes/{world.network.programme_id}/protocol"
    found = (await world.nurse.ask("GET", path)).json()
    assert found["code"] == "standard_inpatient"
    assert [step["due"] for step in found["steps"]][-1] == "end of day 90"
    before = await world.nurse.ask("GET", f"{path}?on=2001-01-01")
    assert before.json()["errors"] == [{"pointer": "/on", "code": "protocol_unavailable"}]


async def test_making_a_leaving_ready_meets_its_milestone(world: HandoffWorld) -> None:
    begun = await world.planned()
    await world.done(world.nurse, begun["handoff_id"], "preparation", {"step": "consent_asked"})
    states = {one["code"]: one["state"] for one in (await world.handoff(begun["handoff_id"]))["milestones"]}
    assert (states["consent_asked"], states["bedside_visit"]) == ("met", "due")


async def test_a_shift_and_an_absence_end(world: HandoffWorld) -> None:
    now, peer = datetime.now(UTC), world.peers[0]
    path = f"/programmes/{world.network.programme_id}/shifts"
    times = {"starts_at": now.isoformat(), "ends_at": (now + timedelta(hours=8)).isoformat()}
    shift = await world.supervisor.made(path, {"worker_id": peer, "duty": "peer"} | times)
    assert (await world.nurse.ask("GET", path)).json()["items"] == [shift]
    ended = await world.supervisor.ask("POST", f"{path}/{shift['id']}/end", version=1)
    assert (ended.status_code, ended.json()["version"]) == (200, 2)
    backwards = {"starts_at": times["ends_at"], "ends_at": times["starts_at"]}
    refused = await world.supervisor.ask("POST", path, {"worker_id": peer, "duty": "peer"} | backwards)
    assert refused.json()["errors"] == [{"pointer": "/ends_at", "code": "ends_before_it_begins"}]
    absences = f"/workers/{peer}/absences"
    assert (await world.peer(world.peers[1]).ask("POST", absences, {})).status_code == 403
    away = await world.peer(peer).made(absences, {})
    assert await world.offered_to((await world.discharged())["handoff_id"]) != peer
    back = await world.peer(peer).ask("POST", f"{absences}/{away['id']}/end", version=1)
    assert back.status_code == 200
