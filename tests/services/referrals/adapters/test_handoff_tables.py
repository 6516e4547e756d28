"""What the database holds by itself, tried with statements that go past every rule of ours."""

from typing import Any

import asyncpg
import pytest

from services.referrals.adapters.schema import metadata
from shared import migrations
from tests.fixtures.databases import ServiceDatabase, run_apart
from tests.services.referrals.handoff_world import HandoffWorld, accepted


async def attempt(database: ServiceDatabase, statement: str, *values: Any) -> None:
    connection = await asyncpg.connect(database.runtime_url)
    try:
        await connection.execute(statement, *values)
    finally:
        await connection.close()


async def test_migrations_make_exactly_these_tables(referrals_database: ServiceDatabase) -> None:
    assert run_apart(lambda: migrations.differences(metadata, url=referrals_database.owner_url)) == []


async def test_an_owner_must_stand_in_the_custody_history(
    world: HandoffWorld, referrals_database: ServiceDatabase
) -> None:
    transition_id = (await world.discharged())["id"]
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await attempt(
            referrals_database,
            "UPDATE transitions SET owner_worker_id = $1 WHERE id = $2",
            world.peers[0],
            transition_id,
        )
    with pytest.raises(asyncpg.NotNullViolationError):
        await attempt(referrals_database, "UPDATE transitions SET owner_worker_id = NULL WHERE id = $1", transition_id)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ("sequence + 2, worker_id, sequence + 1, worker_id", asyncpg.IntegrityConstraintViolationError),
        ("sequence + 1, $2, sequence, $2", asyncpg.IntegrityConstraintViolationError),
        ("sequence + 1, $2, NULL, NULL", asyncpg.CheckViolationError),
        ("sequence, $2, NULL, NULL", asyncpg.UniqueViolationError),
    ],
)
async def test_custody_history_has_no_gap_no_fork_and_one_beginning(
    world: HandoffWorld, referrals_database: ServiceDatabase, change: str, refusal: type[Exception]
) -> None:
    transition_id = (await world.discharged())["id"]
    statement = f"""
        INSERT INTO custody_history (tenant_id, transition_id, sequence, worker_id, previous_sequence, from_worker_id,
                                     cause, occurred_at, recorded_at)
        SELECT tenant_id, transition_id, {change}, 'first_contact', now(), now()
        FROM custody_history WHERE transition_id = $1 AND $2::uuid IS NOT NULL
    """
    with pytest.raises(refusal):
        await attempt(referrals_database, statement, transition_id, world.peers[0])


@pytest.mark.parametrize("table", ["custody_history", "handoff_facts"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET recorded_at = now()", "DELETE FROM {}"])
async def test_history_is_append_only(
    world: HandoffWorld, referrals_database: ServiceDatabase, table: str, statement: str
) -> None:
    await world.discharged()
    with pytest.raises(asyncpg.PostgresError, match="append-only"):
        await attempt(referrals_database, statement.format(table))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE handoffs SET accepted_by = NULL WHERE id = $1",
        "UPDATE handoffs SET state = 'closed' WHERE id = $1",
        "UPDATE handoffs SET state = 'lost' WHERE id = $1",
        "UPDATE handoff_milestones SET met_at = now(), met_recorded_at = NULL WHERE handoff_id = $1",
    ],
)
async def test_states_that_cannot_be_are_refused(
    world: HandoffWorld, referrals_database: ServiceDatabase, statement: str
) -> None:
    _, handoff_id, _ = await accepted(world)
    with pytest.raises(asyncpg.CheckViolationError):
        await attempt(referrals_database, statement, handoff_id)


async def test_a_handoff_has_one_open_offer(world: HandoffWorld, referrals_database: ServiceDatabase) -> None:
    handoff_id = (await world.discharged())["handoff_id"]
    copy = """
        INSERT INTO handoff_offers (tenant_id, handoff_id, offer_number, worker_id, kind, ladder, status, offered_at, respond_by)
        SELECT tenant_id, handoff_id, offer_number + 1, worker_id, kind, ladder, status, offered_at, respond_by
        FROM handoff_offers WHERE handoff_id = $1
    """
    with pytest.raises(asyncpg.UniqueViolationError):
        await attempt(referrals_database, copy, handoff_id)
