"""Two at once, the sweep, and what the database holds by itself."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from fastapi import FastAPI

from services.referrals.adapters.referral_sweep import ReferralSweep
from services.referrals.use_cases.sweep_overdue_referrals import sweep_overdue_referrals
from shared.clock import FixedClock
from tests.fixtures.databases import ServiceDatabase
from tests.services.referrals.adapters.test_handoff_races import blocked, holding
from tests.services.referrals.referral_world import ReferralWorld


async def rows(database: ServiceDatabase, query: str, *values: Any) -> list[Any]:
    connection = await asyncpg.connect(database.runtime_url)
    try:
        return list(await connection.fetch(query, *values))
    finally:
        await connection.close()


async def test_two_members_claim_at_once(referral_world: ReferralWorld, referrals_database: ServiceDatabase) -> None:
    world = referral_world
    made = await world.referred(recipient_team_id=world.team_id)
    answers = await asyncio.gather(
        *(world.command(peer, made["id"], "accept", version=1) for peer in (world.peer, world.other_peer))
    )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 1}
    refused = next(answer for answer in answers if answer.status_code == 409)
    winner = next(answer for answer in answers if answer.status_code == 200).json()["recipient"]["worker_id"]
    name = "Ash" if winner == world.peer_id else "Birch"
    assert refused.json()["title"] == f"{name} (peer support specialist) is already on it"
    history = await rows(referrals_database, "SELECT command FROM referral_history ORDER BY version")
    assert [row["command"] for row in history] == ["request", "accept"]


async def test_a_claim_that_waited_for_the_row_is_told_who_was_faster(
    referral_world: ReferralWorld, referrals_database: ServiceDatabase
) -> None:
    world = referral_world
    made = await world.referred(recipient_team_id=world.team_id)
    connection, transaction = await holding(
        referrals_database,
        "UPDATE referrals SET status = 'accepted', accepted_at = now(), version = 2 WHERE id = $1",
        made["id"],
    )
    try:
        await connection.execute(
            "UPDATE referral_parties SET worker_id = $2 WHERE referral_id = $1 AND role = 'recipient'",
            made["id"],
            world.other_peer_id,
        )
        waiting = asyncio.create_task(world.command(world.peer, made["id"], "accept", version=1))
        await asyncio.wait_for(blocked(referrals_database), timeout=10)
        await transaction.commit()
        answer = await waiting
    finally:
        await connection.close()
    assert (answer.status_code, answer.json()["taken_by"]["first_name"]) == (409, "Birch")


async def test_silence_is_marked_once_and_told(
    referral_world: ReferralWorld, app: FastAPI, referrals_database: ServiceDatabase
) -> None:
    world = referral_world
    late = await world.referred()
    answered = await world.referred()
    await world.done(world.peer, answered["id"], "accept")
    clock = FixedClock(datetime.now(UTC) + timedelta(days=30))
    sweep = ReferralSweep(app.state.engine)
    marked = await asyncio.gather(*(sweep_overdue_referrals(sweep, clock=clock) for _ in range(3)))
    assert sum(marked) == 1
    seen = await world.seen(late["id"])
    assert (seen["status"], seen["version"], seen["history"][-1]["command"]) == ("requested", 2, "overdue")
    assert await world.listed(world.nurse, order="at_risk") == []
    facts = await rows(
        referrals_database,
        "SELECT payload FROM outbox WHERE subject = $1 AND type = 'referral.status_changed' ORDER BY event_id",
        late["id"],
    )
    assert len(facts) == 2
    assert not any("Robin" in fact["payload"] for fact in facts)  # ids and codes, never a name
    read_before = await world.command(world.peer, late["id"], "accept", version=1)
    assert read_before.status_code == 200, "nobody's answer fails because a clock ran out"
    reason = {"reason": "could_not_contact", "text": "Rang five times"}
    too_late = await world.command(world.peer, late["id"], "fail", reason, version=1)
    assert too_late.status_code == 412, "somebody else's step is another matter"


async def test_each_step_is_one_row_of_history_and_one_fact(
    referral_world: ReferralWorld, referrals_database: ServiceDatabase
) -> None:
    world = referral_world
    made = await world.referred()
    await world.done(world.peer, made["id"], "accept")
    await world.done(world.peer, made["id"], "fail", {"reason": "could_not_contact", "text": "Rang five times"})
    history = await rows(referrals_database, "SELECT version, status FROM referral_history ORDER BY version")
    facts = await rows(
        referrals_database,
        "SELECT payload::json -> 'data' ->> 'version' AS version, payload::json -> 'data' ->> 'status' AS status,"
        " payload FROM outbox WHERE type = 'referral.status_changed' ORDER BY event_id",
    )
    assert [(str(row["version"]), row["status"]) for row in history] == [
        (fact["version"], fact["status"]) for fact in facts
    ]
    assert all("Rang five times" not in fact["payload"] for fact in facts)


IMPOSSIBLE = (
    "UPDATE referrals SET status = 'accepted'",
    "UPDATE referrals SET status = 'completed', ended_at = now(), accepted_at = now()",
    "UPDATE referrals SET status = 'rejected', ended_at = now()",
    "UPDATE referrals SET status = 'rejected', status_reason = 'no_capacity'",
    "UPDATE referrals SET status = 'lost'",
    "UPDATE referrals SET ended_at = now()",
    "UPDATE referrals SET respond_by = NULL",
    "UPDATE referrals SET part_of = id",
    "UPDATE referral_parties SET worker_id = NULL, team_id = NULL",
    "UPDATE referral_parties SET role = 'spectator' WHERE role = 'recipient'",
)


async def test_what_cannot_be_is_refused_by_the_database_itself(
    referral_world: ReferralWorld, referrals_database: ServiceDatabase
) -> None:
    await referral_world.referred()
    for statement in IMPOSSIBLE:
        with pytest.raises(asyncpg.CheckViolationError):
            await rows(referrals_database, statement)
    for statement in ("UPDATE referral_history SET status = 'x'", "DELETE FROM referral_history"):
        with pytest.raises(asyncpg.PostgresError, match="append-only"):
            await rows(referrals_database, statement)
