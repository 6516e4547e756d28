"""The live queries find nothing where all is well, and each finds what breaks it."""

import asyncpg
from fastapi import FastAPI

from services.referrals.adapters.invariants import INVARIANTS, examine
from tests.fixtures.databases import ServiceDatabase
from tests.services.referrals.handoff_world import HandoffWorld, accepted
from tests.services.referrals.referral_world import ReferralWorld

BREAK = {
    "one_owner": "UPDATE transitions SET custody_sequence = 9",
    "unbroken_history": "UPDATE custody_history SET occurred_at = '2001-01-01' WHERE sequence = 2",
    "rightful_owner": "UPDATE handoffs SET contacted_at = NULL WHERE state = 'contacted'",
    "owner_is_there": "UPDATE workers SET active = false",
    "nothing_overdue_on_ended": "UPDATE handoffs SET state = 'closed', ended_at = now() WHERE state = 'offered'",
    "somebody_is_asked": "UPDATE handoff_offers SET status = 'declined' WHERE status = 'open'",
    "never_out_of_role": "UPDATE tasks SET decision = jsonb_set(decision, '{verdict}', '\"out_of_scope\"')",
    "decision_can_be_found": "UPDATE tasks SET decision = decision - 'policy_version'",
    "every_step_written": "UPDATE tasks SET version = 7",
    "last_step_is_state": "UPDATE tasks SET status = 'on_hold'",
    "every_referral_step_written": "DELETE FROM referral_history",
    "one_record_per_person": (
        "INSERT INTO person_aliases SELECT tenant_id, min(person_id::text)::uuid, max(person_id::text)::uuid, now(), now()"
        " FROM transitions GROUP BY tenant_id"
    ),
}
"""What no constraint holds, or what is written past all of them. A task without its decision cannot even be written so."""

ALSO = {
    "never_out_of_role": "UPDATE tasks SET verdict = 'out_of_scope'",
    "decision_can_be_found": "UPDATE tasks SET decision_id = gen_random_uuid()",
    "every_referral_step_written": "UPDATE referrals SET status = 'completed'",
    "last_step_is_state": "UPDATE task_history SET status = 'completed'",
}
"""Other ways to break the same."""


async def _let_everything_through(connection: asyncpg.Connection) -> None:
    """Take away, until the rollback, what would keep the database from being written wrongly."""
    held = await connection.fetch(
        "SELECT conrelid::regclass::text AS name, conname FROM pg_constraint c JOIN pg_namespace n ON n.oid = connamespace"
        " WHERE contype IN ('f', 'c') AND nspname = 'public' ORDER BY contype"
    )
    for one in held:
        await connection.execute(f'ALTER TABLE {one["name"]} DROP CONSTRAINT IF EXISTS "{one["conname"]}" CASCADE')
    for table in ("custody_history", "person_aliases", "task_history", "referral_history"):
        await connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")


async def test_each_finds_what_breaks_it(
    world: HandoffWorld, referral_world: ReferralWorld, app: FastAPI, referrals_database: ServiceDatabase
) -> None:
    _, handoff_id, peer = await accepted(world)
    await world.done(world.peer(peer), handoff_id, "first-contact", {"how": "phone", "outcome": "reached"})
    await world.discharged()
    body = {"programme_id": world.network.programme_id, "assignee_worker_id": world.peers[0], "title": "Walk along"}
    assert (await world.nurse.ask("POST", "/tasks", body)).status_code in (201, 202)
    referral = await referral_world.referred()
    await referral_world.done(referral_world.peer, referral["id"], "accept")
    assert await examine(app.state.engine) == []
    assert set(BREAK) | {"assigned_by_decision"} == {one.code for one in INVARIANTS}
    for code, statement in [*BREAK.items(), *ALSO.items()]:
        connection = await asyncpg.connect(referrals_database.owner_url)
        outer = connection.transaction()
        await outer.start()
        try:
            await _let_everything_through(connection)
            await connection.execute(statement)
            invariant = next(one for one in INVARIANTS if one.code == code)
            assert await connection.fetch(invariant.breaks), code
        finally:
            await outer.rollback()
            await connection.close()
