"""Two at once on real connections: one wins, the other is told plainly, nothing is half-written."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from services.referrals.domain.actor import Actor
from services.referrals.domain.handoff_commands import delivery_failed
from services.referrals.domain.handoff_errors import ChangedMeanwhile
from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.transition_commands import replan
from services.referrals.use_cases.lapse_handoff_offer import lapse_handoff_offer
from shared.clock import FixedClock
from shared.contracts.codes import AccessRole
from tests.fixtures.databases import ServiceDatabase
from tests.services.referrals.conftest import Caller
from tests.services.referrals.handoff_world import HandoffWorld, accepted, kinds


async def holding(
    database: ServiceDatabase, statement: str, *values: object
) -> tuple[asyncpg.Connection, asyncpg.transaction.Transaction]:
    """A second connection in the middle of a change."""
    connection = await asyncpg.connect(database.runtime_url)
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute(statement, *values)
    return connection, transaction


async def blocked(database: ServiceDatabase) -> None:
    """Wait until some connection really waits for a lock of another."""
    connection = await asyncpg.connect(database.runtime_url)
    try:
        while True:
            if await connection.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
                return
    finally:
        await connection.close()


async def escalated(world: HandoffWorld) -> str:
    await world.change_team(leaving=world.peers)
    return str((await world.discharged())["handoff_id"])


async def test_two_supervisors_accept_at_once(world: HandoffWorld) -> None:
    handoff_id = await escalated(world)
    colleague = await world.add_peer("Supervisor Sky Example", practice_role="peer_supervisor")
    both = (world.supervisor, world.caller(AccessRole.SUPERVISOR, colleague))
    answers = await asyncio.gather(
        *(caller.ask("POST", f"/handoffs/{handoff_id}/accept", version=2) for caller in both)
    )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 1}
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert refused.json()["title"] == "A colleague is already on it"
    assert kinds(await world.handoff(handoff_id)).count("accepted") == 1


async def test_a_writer_that_waited_for_another_decides_anew(
    world: HandoffWorld, referrals_database: ServiceDatabase
) -> None:
    handoff_id = await escalated(world)
    peer = world.peers[0]
    connection, transaction = await holding(
        referrals_database,
        "UPDATE handoffs SET state = 'accepted', accepted_by = $2, accepted_at = now(), version = version + 1 WHERE id = $1",
        handoff_id,
        peer,
    )
    try:
        waiting = asyncio.create_task(world.supervisor.ask("POST", f"/handoffs/{handoff_id}/accept", version=2))
        await asyncio.wait_for(blocked(referrals_database), timeout=10)
        await transaction.commit()
        answer: httpx2.Response = await waiting
    finally:
        await connection.close()
    assert (answer.status_code, answer.json()["title"]) == (409, "A colleague is already on it")


@pytest.mark.parametrize("row", ["transition", "handoff"])
async def test_a_first_contact_that_waited_changes_both_or_none(
    world: HandoffWorld, referrals_database: ServiceDatabase, row: str
) -> None:
    transition_id, handoff_id, peer = await accepted(world)
    statement = f"UPDATE {row}s SET version = version + 1 WHERE id = $1"
    row_id = transition_id if row == "transition" else handoff_id
    connection, transaction = await holding(referrals_database, statement, row_id)
    body = {"how": "phone", "outcome": "reached"}
    try:
        asked = world.peer(peer).ask("POST", f"/handoffs/{handoff_id}/first-contact", body, version=3)
        waiting = asyncio.create_task(asked)
        await asyncio.wait_for(blocked(referrals_database), timeout=10)
        await transaction.commit()
        answer: httpx2.Response = await waiting
    finally:
        await connection.close()
    found = await world.transition(transition_id)
    if row == "transition":  # the caller spoke of the handoff's version, which stands: the turn was taken again
        assert (answer.status_code, found["owner_worker_id"]) == (200, peer)
        assert [line["sequence"] for line in found["custody"]] == [1, 2]
    else:
        assert (answer.status_code, found["owner_worker_id"]) == (412, world.network.nurse_id)
        assert (await world.handoff(handoff_id))["state"] == "accepted"


async def test_acceptance_and_retraction_at_once_never_both_win(world: HandoffWorld) -> None:
    begun = await world.discharged()
    handoff_id = begun["handoff_id"]
    peer = world.peer(await world.offered_to(handoff_id))
    retraction = {"reason": "discharge_cancelled"}
    accept, retract = await asyncio.gather(
        peer.ask("POST", f"/handoffs/{handoff_id}/accept", version=2),
        world.nurse.ask("POST", f"/transitions/{begun['id']}/retract", retraction, version=begun["version"]),
    )
    assert retract.status_code == 200, "a retraction names the transition's version, which acceptance leaves alone"
    assert accept.status_code in (200, 409)
    handoff = await world.handoff(handoff_id)
    assert handoff["state"] == "withdrawn"
    assert handoff["owner_worker_id"] == world.network.nurse_id
    assert ("accepted" in kinds(handoff)) == (accept.status_code == 200)


async def test_the_same_discharge_twice_at_once_is_one(world: HandoffWorld) -> None:
    body = {"person_id": await world.person(), "programme_id": world.network.programme_id, "status": "discharged"}
    answers = await asyncio.gather(*(world.nurse.ask("POST", "/transitions", body) for _ in range(3)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 2}


async def test_an_introduction_is_not_lost_to_a_plan_that_moves_at_the_same_time(
    world: HandoffWorld, app: FastAPI
) -> None:
    begun = await world.planned()
    nurse = Actor(
        tenant_id=world.network.tenant_id, access_role=AccessRole.CLINICIAN, worker_id=UUID(world.network.nurse_id)
    )
    now = datetime.now(UTC)
    async with app.state.handoff_parts.works.begin(world.network.tenant_id) as work:
        journey = await work.handoffs.of_transition(UUID(begun["id"]), by=None)
        await world.done(world.nurse, begun["handoff_id"], "introduction", {"how": "bedside"})
        later, at = now + timedelta(days=2), Moment(occurred_at=now, recorded_at=now)
        replan(journey, expected_at=later, by=nurse, at=at)
        await work.handoffs.change(journey)
    handoff = await world.handoff(begun["handoff_id"])
    (introduction,) = [one for one in handoff["milestones"] if one["code"] == "introduction"]
    assert (introduction["state"], introduction["met_at"]) == ("met", handoff["introduced_at"])
    assert (await world.transition(begun["id"]))["expected_at"] == later.isoformat().replace("+00:00", "Z")


async def test_a_call_for_attention_does_not_overwrite_another(world: HandoffWorld, app: FastAPI) -> None:
    handoff_id = UUID(await escalated(world))
    now = datetime.now(UTC)
    at, works = Moment(occurred_at=now, recorded_at=now), app.state.handoff_parts.works
    async with works.begin(world.network.tenant_id) as slow:
        seen = await slow.handoffs.of_handoff(handoff_id, by=None)
        async with works.begin(world.network.tenant_id) as quick:
            await lapse_handoff_offer(handoff_id, offer_number=1, occurred_at=now, work=quick, clock=FixedClock(now))
        delivery_failed(seen, worker_id=UUID(world.network.supervisor_id), channel="email", at=at)
        with pytest.raises(ChangedMeanwhile):
            await slow.handoffs.change(seen)
    handoff = await world.handoff(str(handoff_id))
    assert (handoff["attention"], "delivery_failed" in kinds(handoff)) == ("escalation_unanswered", False)
    accepted_after = await world.command(world.supervisor, str(handoff_id), "accept")
    assert accepted_after.status_code == 200, "nobody's answer fails because of it"


@pytest.mark.parametrize("command", ["accept", "first-contact", "decline", "discharge"])
async def test_statements_per_command_stay_in_single_figures(world: HandoffWorld, app: FastAPI, command: str) -> None:
    begun = await (world.planned() if command == "discharge" else world.discharged())
    handoff_id = begun["handoff_id"]
    asked: Caller = world.nurse if command == "discharge" else world.peer(await world.offered_to(handoff_id))
    path = f"/transitions/{begun['id']}/discharge" if command == "discharge" else f"/handoffs/{handoff_id}/{command}"
    body = {
        "first-contact": {"how": "phone", "outcome": "reached"},
        "decline": {"reason": "cant_right_now"},
    }.get(command)
    version = 1 if command == "discharge" else 2
    if command == "first-contact":
        version = (await world.done(asked, handoff_id, "accept"))["version"]
    statements: list[str] = []

    def count(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    engine = works_engine(app)
    event.listen(engine.sync_engine, "before_cursor_execute", count)
    try:
        answer = await asked.ask("POST", path, body, version=version, key=f"key-{command}")
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", count)
    assert answer.status_code == 200, answer.text
    assert 3 < len(statements) <= 9, statements


def works_engine(app: FastAPI) -> AsyncEngine:
    """The application's own engine."""
    engine: AsyncEngine = app.state.engine
    return engine
