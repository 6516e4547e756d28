"""The decision log on real PostgreSQL."""

import asyncio
import json
from dataclasses import replace
from uuid import UUID

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from services.scope_guard.adapters.repositories import PostgresDecisionLog
from services.scope_guard.adapters.tables import boundary_events, decision_texts, decisions, metadata, outbox
from services.scope_guard.domain.decision_log import answer
from shared.contracts.events import BoundaryRecorded, Event, EventType
from shared.identifiers import new_id
from tests.fixtures.databases import ServiceDatabase
from tests.services.scope_guard.adapters.logbook import count, entry, stored
from tests.services.scope_guard.questions import OTHER_TENANT, TENANT, question

TEXTS = ["", "listen", "crisis", "maybe", "diagnose him and listen", "nul \x00, tab \t, \u202e \U0001f600 'quoted'; --"]


@pytest.mark.parametrize("text", TEXTS)
async def test_what_is_read_is_what_was_stored(engine: AsyncEngine, text: str) -> None:
    request = question(text, team_id=new_id(), assigner_worker_id=new_id(), assigner_role="nurse", activity="listening")
    kept, boundary, decision = entry(request)
    log = PostgresDecisionLog(engine)
    assert await log.append(kept, boundary=boundary)
    assert await log.by_request(request.request_id, tenant_id=TENANT) == kept
    assert await log.by_id(decision.decision_id, tenant_id=TENANT) == kept
    assert answer(kept) == decision


async def test_a_known_request_id_stores_nothing(engine: AsyncEngine) -> None:
    log = PostgresDecisionLog(engine)
    first = await stored(engine, "diagnose him")
    again, boundary, _ = entry(question("diagnose him", request_id=first.row.request_id))
    assert not await log.append(again, boundary=boundary)
    assert await log.by_request(first.row.request_id, tenant_id=TENANT) == first
    for table in (decisions, decision_texts, boundary_events, outbox):
        assert await count(engine, table) == 1


async def test_of_many_at_once_one_is_stored_whole(engine: AsyncEngine) -> None:
    request_id, log = new_id(), PostgresDecisionLog(engine)
    entries = [entry(question("diagnose him", request_id=request_id)) for _ in range(10)]
    outcomes = await asyncio.gather(*(log.append(kept, boundary=boundary) for kept, boundary, _ in entries))
    assert sorted(outcomes) == [False] * 9 + [True]
    winner = entries[outcomes.index(True)][0]
    assert await log.by_request(request_id, tenant_id=TENANT) == winner
    for table in (decisions, decision_texts, boundary_events, outbox):
        assert await count(engine, table) == 1


async def test_a_failure_in_any_part_stores_nothing(engine: AsyncEngine) -> None:
    first = await stored(engine, "diagnose him")
    kept, boundary, _ = entry(question("diagnose him"))
    assert boundary is not None
    async with engine.connect() as connection:
        taken = (await connection.execute(sa.select(boundary_events.c.boundary_event_id))).scalar_one()
    with pytest.raises(sa.exc.IntegrityError):
        await PostgresDecisionLog(engine).append(kept, boundary=replace(boundary, boundary_event_id=taken))
    assert await PostgresDecisionLog(engine).by_request(kept.row.request_id, tenant_id=TENANT) is None
    assert await count(engine, decisions) == 1
    assert await count(engine, decision_texts) == 1
    assert await PostgresDecisionLog(engine).by_id(first.row.decision_id, tenant_id=TENANT) == first


@pytest.mark.parametrize("text", ["listen", "diagnose him"])
async def test_a_decision_costs_one_statement(engine: AsyncEngine, text: str) -> None:
    statements: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        statements.append(statement)

    sa.event.listen(engine.sync_engine, "before_cursor_execute", note)
    try:
        await stored(engine, text)
    finally:
        sa.event.remove(engine.sync_engine, "before_cursor_execute", note)
    assert len(statements) == 1


async def test_the_statement_sets_its_own_tenant_for_row_level_security(
    engine: AsyncEngine, scope_guard_database: ServiceDatabase
) -> None:
    owner = await asyncpg.connect(scope_guard_database.owner_url)
    own_tenant = "tenant_id = NULLIF(current_setting('handrail.tenant_id', true), '')::uuid"
    try:
        for table in ("decisions", "decision_texts", "boundary_events", "outbox"):
            await owner.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            await owner.execute(f"CREATE POLICY own_tenant ON {table} USING ({own_tenant})")
        kept = await stored(engine, "diagnose him")
        log = PostgresDecisionLog(engine)
        assert await log.by_id(kept.row.decision_id, tenant_id=TENANT) == kept
        assert await count(engine, decisions) == 0, "the tenant must not outlive its transaction"
    finally:
        for table in ("decisions", "decision_texts", "boundary_events", "outbox"):
            await owner.execute(f"DROP POLICY IF EXISTS own_tenant ON {table}")
            await owner.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        await owner.close()


async def test_no_tenant_sees_anothers(engine: AsyncEngine) -> None:
    log = PostgresDecisionLog(engine)
    kept = await stored(engine)
    assert await log.by_id(kept.row.decision_id, tenant_id=OTHER_TENANT) is None
    assert await log.by_request(kept.row.request_id, tenant_id=OTHER_TENANT) is None
    twin = await stored(engine, tenant_id=OTHER_TENANT, request_id=kept.row.request_id)
    assert await log.by_request(kept.row.request_id, tenant_id=TENANT) == kept
    assert await log.by_request(kept.row.request_id, tenant_id=OTHER_TENANT) == twin


async def test_erased_words_leave_the_row_whole(engine: AsyncEngine) -> None:
    kept = await stored(engine, "diagnose him and listen")
    async with engine.begin() as connection:
        await connection.execute(sa.delete(decision_texts))
    found = await PostgresDecisionLog(engine).by_id(kept.row.decision_id, tenant_id=TENANT)
    assert found == replace(kept, words=None)


async def test_the_words_are_nowhere_but_in_the_erasable_row(engine: AsyncEngine) -> None:
    await stored(engine, "diagnose Quillfeather and phone Quillfeather")
    async with engine.begin() as connection:
        await connection.execute(sa.delete(decision_texts))
        for table in metadata.sorted_tables:
            rows = (
                await connection.execute(sa.select(sa.cast(sa.literal_column(table.name), sa.Text)).select_from(table))
            ).scalars()
            assert not [row for row in rows if "Quillfeather" in row], table.name


async def test_the_announcement_is_what_the_catalogue_says(engine: AsyncEngine) -> None:
    team_id = new_id()
    kept = await stored(engine, "diagnose him", team_id=team_id)
    async with engine.connect() as connection:
        row = (await connection.execute(sa.select(outbox))).one()
        boundary_event_id = (await connection.execute(sa.select(boundary_events.c.boundary_event_id))).scalar_one()
    told = Event.model_validate(json.loads(row.payload))
    told_of = told.read()
    assert (row.tenant_id, row.consumer, row.type) == (TENANT, "notifications", "boundary.recorded")
    assert told.type is EventType.BOUNDARY_RECORDED
    assert isinstance(told_of, BoundaryRecorded)
    assert (told_of.boundary_event_id, told_of.decision_id) == (boundary_event_id, kept.row.decision_id)
    assert (told_of.team_id, told_of.version, UUID(told.subject)) == (team_id, 1, boundary_event_id)
