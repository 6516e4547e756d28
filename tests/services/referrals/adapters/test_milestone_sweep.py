"""The sweep marks what is overdue, once, under any number of sweeps; late work stays completable."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import create_async_engine
from structlog.testing import capture_logs

from services.referrals.adapters.milestone_sweep import LANES, MilestoneSweep
from services.referrals.use_cases.sweep_milestones import sweep_milestones
from shared.clock import FixedClock
from shared.contracts.events import Event, MilestoneData, MilestoneMissed
from tests.fixtures.databases import ServiceDatabase
from tests.services.referrals.handoff_world import HandoffWorld, accepted, kinds


def states(handoff: dict[str, Any]) -> dict[str, str]:
    return {one["code"]: one["state"] for one in handoff["milestones"]}


async def swept(app: FastAPI, *, later: timedelta) -> int:
    return await sweep_milestones(MilestoneSweep(app.state.engine), clock=FixedClock(datetime.now(UTC) + later))


async def told_of(database: ServiceDatabase, kind: str, *, milestone: str) -> list[tuple[str, int]]:
    """Clock and version of each such fact, as they were told."""
    connection = await asyncpg.connect(database.runtime_url)
    try:
        rows = await connection.fetch("SELECT payload FROM outbox WHERE type = $1 ORDER BY recorded_at", kind)
    finally:
        await connection.close()
    events = [(event, event.read()) for event in (Event.model_validate_json(row["payload"]) for row in rows)]
    return [
        (event.subject, told.version)
        for event, told in events
        if isinstance(told, MilestoneData) and told.milestone == milestone
    ]


async def test_what_is_overdue_is_marked_once(world: HandoffWorld, app: FastAPI) -> None:
    handoff_id = (await world.discharged())["handoff_id"]
    assert await swept(app, later=timedelta(hours=5)) == 2
    assert await swept(app, later=timedelta(hours=5)) == 0
    handoff = await world.handoff(handoff_id)
    assert {code for code, state in states(handoff).items() if state == "missed"} == {"introduction", "owner_accepts"}
    assert kinds(handoff)[-2:] == ["milestone_missed", "milestone_missed"]
    assert handoff["version"] == 2, "nobody's answer fails because a clock ran out"


async def test_two_sweeps_at_once_mark_each_milestone_once(world: HandoffWorld, app: FastAPI) -> None:
    for _ in range(4):
        await world.discharged()
    marked = await asyncio.gather(*(swept(app, later=timedelta(days=100)) for _ in range(3)))
    assert sum(marked) == 4 * 7


async def test_late_work_is_completable_and_what_ended_is_not_overdue(world: HandoffWorld, app: FastAPI) -> None:
    _, handoff_id, peer = await accepted(world)
    await swept(app, later=timedelta(days=2))
    assert states(await world.handoff(handoff_id))["first_contact"] == "missed"
    acceptor = world.peer(peer)
    await world.done(acceptor, handoff_id, "first-contact", {"how": "in_person", "outcome": "reached"})
    met = next(one for one in (await world.handoff(handoff_id))["milestones"] if one["code"] == "first_contact")
    assert (met["state"], met["missed_at"] is None) == ("met", False), (
        "done in time; that we thought it late stays known"
    )
    await world.done(acceptor, handoff_id, "close", {"outcome": "got_help"})
    assert not {"due", "missed"} & set(states(await world.handoff(handoff_id)).values())
    assert await swept(app, later=timedelta(days=400)) == 0


async def test_what_was_missed_and_is_done_after_all_is_told_of_the_same_clock(
    world: HandoffWorld, app: FastAPI, referrals_database: ServiceDatabase
) -> None:
    _, handoff_id, peer = await accepted(world)
    await swept(app, later=timedelta(days=2))
    body = {"how": "in_person", "outcome": "reached"}
    await world.done(world.peer(peer), handoff_id, "first-contact", body)
    (missed,), (met,) = [
        await told_of(referrals_database, kind, milestone="first_contact")
        for kind in ("milestone.missed", "milestone.met")
    ]
    assert missed == met


async def test_a_mark_that_came_between_reading_and_writing_is_kept(world: HandoffWorld, app: FastAPI) -> None:
    begun = await world.planned()
    await swept(app, later=timedelta(hours=6))
    unmoved = await world.move(world.nurse, begun["id"], "replan", {"expected_at": begun["expected_at"]})
    assert unmoved.status_code == 200
    assert states(await world.handoff(begun["handoff_id"]))["introduction"] == "missed"
    later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    await world.move(world.nurse, begun["id"], "replan", {"expected_at": later})
    assert states(await world.handoff(begun["handoff_id"]))["introduction"] == "due"


async def test_a_clock_that_is_set_anew_and_back_again_takes_back_what_was_told_and_is_missed_anew(
    world: HandoffWorld, app: FastAPI, referrals_database: ServiceDatabase
) -> None:
    begun = await world.planned()
    await swept(app, later=timedelta(hours=6))
    later = (datetime.fromisoformat(begun["expected_at"]) + timedelta(days=2)).isoformat()
    for expected_at in (later, begun["expected_at"]):
        assert (await world.move(world.nurse, begun["id"], "replan", {"expected_at": expected_at})).status_code == 200
    await swept(app, later=timedelta(hours=6))
    missed = await told_of(referrals_database, "milestone.missed", milestone="introduction")
    lifted = await told_of(referrals_database, "milestone.lifted", milestone="introduction")
    assert lifted == missed[:1], "what was told before the first change is taken back, once"
    (clock, first), (same_clock, second) = missed
    assert clock == same_clock
    assert second > first


async def test_a_code_that_is_not_known_keeps_nobody_waiting(
    world: HandoffWorld, app: FastAPI, referrals_database: ServiceDatabase
) -> None:
    handoff_id = (await world.discharged())["handoff_id"]
    connection = await asyncpg.connect(referrals_database.owner_url)
    try:
        await connection.execute("UPDATE handoff_milestones SET code = 'of_tomorrow' WHERE code = 'introduction'")
        with capture_logs() as logged:
            assert await swept(app, later=timedelta(hours=5)) == 1
        assert [one["reason"] for one in logged if one["event"] == "milestone_code_unknown"] == ["of_tomorrow"]
        left = await connection.fetch(
            "SELECT code FROM handoff_milestones WHERE due_at < now() + interval '5 hours' AND missed_at IS NULL"
        )
        assert [row["code"] for row in left] == ["of_tomorrow"]
        marked = await connection.fetch("SELECT code FROM handoff_facts WHERE kind = 'milestone_missed'")
    finally:
        await connection.close()
    assert [row["code"] for row in marked] == ["owner_accepts"], handoff_id


async def test_a_tenant_that_cannot_be_marked_keeps_no_other_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    broken, sound = uuid4(), uuid4()
    sweep = MilestoneSweep(create_async_engine("postgresql+asyncpg://"))

    async def tenants(now: datetime) -> list[UUID]:
        return [broken, sound]

    async def mark(tenant_id: UUID, *, now: datetime, limit: int) -> int:
        if tenant_id == broken:
            raise ValueError
        return limit

    monkeypatch.setattr(sweep, "_tenants", tenants)
    monkeypatch.setattr(sweep, "_mark", mark)
    with capture_logs() as logged:
        assert await sweep.mark_missed(now=datetime.now(UTC), limit=1) == LANES
    assert {(one["event"], one["tenant_id"], one["error_type"]) for one in logged} == {
        ("milestones_not_marked", str(broken), "ValueError")
    }


async def test_a_missed_milestone_is_told_to_the_person_behind_the_role(
    world: HandoffWorld, app: FastAPI, referrals_database: ServiceDatabase
) -> None:
    handoff_id = (await world.discharged())["handoff_id"]
    await swept(app, later=timedelta(hours=5))
    connection = await asyncpg.connect(referrals_database.runtime_url)
    try:
        rows = await connection.fetch("SELECT payload FROM outbox WHERE type = 'milestone.missed'")
    finally:
        await connection.close()
    told = [Event.model_validate_json(row["payload"]).read() for row in rows]
    found = {(one.milestone, one.escalate_to, str(one.worker_id)) for one in told if isinstance(one, MilestoneMissed)}
    assert found == {
        ("introduction", "sender", world.network.nurse_id),
        ("owner_accepts", "duty_owner", world.network.supervisor_id),
    }
    missed = [fact for fact in (await world.handoff(handoff_id))["timeline"] if fact["kind"] == "milestone_missed"]
    assert {fact["worker_id"] for fact in missed} == {world.network.nurse_id, world.network.supervisor_id}
