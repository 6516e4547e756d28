"""The first answer is kept with its effect; a retry gets it again, and two at once make one effect."""

import asyncio
from dataclasses import replace
from typing import Any

import httpx2
import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.database import transaction
from shared.idempotency import IdempotencyKey, RequestKey, StoredResponse, body_digest, claim, remember
from shared.identifiers import new_id
from shared.problems import Problem, install_problem_handlers
from tests.shared.conftest import EFFECTS, IDEMPOTENCY
from tests.shared.events import OTHER_TENANT, TENANT

REQUEST = RequestKey(
    tenant_id=TENANT, caller="caller-1", route="POST /things", key="key-1", body_digest=body_digest(b"{}")
)


async def work(connection: AsyncConnection, request: RequestKey = REQUEST) -> StoredResponse:
    """What a use case does: claim, have the effect, remember."""
    first = await claim(connection, IDEMPOTENCY, request)
    if first is not None:
        return first
    await connection.execute(sa.insert(EFFECTS).values(event_id=new_id()))
    await remember(connection, IDEMPOTENCY, request, status=201, body='{"made": true}', etag='"1"')
    return StoredResponse(status=201, body='{"made": true}', etag='"1"')


async def attempt(engine: AsyncEngine, request: RequestKey = REQUEST) -> StoredResponse:
    async with transaction(engine, tenant_id=request.tenant_id) as connection:
        return await work(connection, request)


async def effects(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        return int((await connection.execute(sa.select(sa.func.count()).select_from(EFFECTS))).scalar_one())


async def test_a_retry_gets_the_first_answer_and_has_no_effect(engine: AsyncEngine) -> None:
    first = await attempt(engine)
    assert await attempt(engine) == first == StoredResponse(status=201, body='{"made": true}', etag='"1"')
    assert await effects(engine) == 1


async def test_another_body_under_the_same_key_is_refused(engine: AsyncEngine) -> None:
    await attempt(engine)
    with pytest.raises(Problem) as refused:
        await attempt(engine, replace(REQUEST, body_digest=body_digest(b"[]")))
    assert (refused.value.status, refused.value.code) == (422, "idempotency_key_reused")
    assert await effects(engine) == 1


@pytest.mark.parametrize(
    "other",
    [{"tenant_id": OTHER_TENANT}, {"caller": "caller-2"}, {"route": "POST /others"}, {"key": "key-2"}],
    ids=str,
)
async def test_a_key_belongs_to_its_tenant_caller_and_route(engine: AsyncEngine, other: dict[str, Any]) -> None:
    await attempt(engine)
    await attempt(engine, replace(REQUEST, **other))
    assert await effects(engine) == 2


async def test_while_the_first_is_at_work_the_second_is_told_at_once(engine: AsyncEngine) -> None:
    async with transaction(engine, tenant_id=TENANT) as first:
        await work(first)
        with pytest.raises(Problem) as refused:
            await attempt(engine)
        assert (refused.value.status, refused.value.code) == (409, "request_in_flight")
        assert refused.value.headers == {"Retry-After": "1"}
        await attempt(engine, replace(REQUEST, key="key-2"))
    assert (await attempt(engine)).status == 201
    assert await effects(engine) == 2


async def test_a_failed_first_attempt_leaves_the_key_free(engine: AsyncEngine) -> None:
    async def fail() -> None:
        async with transaction(engine, tenant_id=TENANT) as connection:
            await work(connection)
            raise LookupError("the first attempt fails after its effect")

    with pytest.raises(LookupError):
        await fail()
    await attempt(engine)
    assert await effects(engine) == 1


async def test_a_commit_between_snapshot_and_lock_cannot_make_a_second_effect(engine: AsyncEngine) -> None:
    """The lock is free and the row not yet in view: the unique key is what holds then."""
    async with transaction(engine, tenant_id=TENANT) as first:
        # it has not taken the lock, so that the second sees what it would see in the gap
        await remember(first, IDEMPOTENCY, REQUEST, status=201, body="{}")
        second = await engine.connect()
        begun = await second.begin()
        assert await claim(second, IDEMPOTENCY, REQUEST) is None
        await second.execute(sa.insert(EFFECTS).values(event_id=new_id()))
        remembering = asyncio.create_task(remember(second, IDEMPOTENCY, REQUEST, status=201, body="{}"))
        await _is_waiting_for_a_lock(engine)
    with pytest.raises(Problem) as refused:
        await remembering
    await begun.rollback()
    await second.close()
    assert refused.value.code == "request_in_flight"
    assert await effects(engine) == 0
    assert (await attempt(engine)).body == "{}"


async def _is_waiting_for_a_lock(engine: AsyncEngine) -> None:
    waiting = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    async with asyncio.timeout(10), engine.connect() as connection:
        while (await connection.execute(waiting)).scalar_one() == 0:
            await connection.rollback()


async def test_the_key_is_looked_up_by_a_statement_that_begins_after_the_lock(engine: AsyncEngine) -> None:
    """In one statement with the lock, the look-up could miss an answer that was committed in between."""
    sent: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        sent.append(statement)

    async with transaction(engine, tenant_id=TENANT) as connection:
        sa.event.listen(engine.sync_engine, "before_cursor_execute", note)
        try:
            await claim(connection, IDEMPOTENCY, REQUEST)
        finally:
            sa.event.remove(engine.sync_engine, "before_cursor_execute", note)
    lock, look_up = sent
    assert "advisory" in lock
    assert "idempotency" not in lock
    assert "idempotency" in look_up
    assert "advisory" not in look_up


async def test_many_at_once_make_one_effect(engine: AsyncEngine) -> None:
    outcomes = await asyncio.gather(*(attempt(engine) for _ in range(20)), return_exceptions=True)
    answers = [outcome for outcome in outcomes if isinstance(outcome, StoredResponse)]
    refusals = [outcome.code for outcome in outcomes if isinstance(outcome, Problem)]
    assert len(answers) + len(refusals) == 20
    assert answers
    assert set(refusals) <= {"request_in_flight"}
    assert await effects(engine) == 1


@pytest.fixture
async def client() -> Any:
    app = FastAPI()
    install_problem_handlers(app)

    @app.post("/things")
    async def make(key: IdempotencyKey) -> dict[str, str | None]:
        return {"key": key}

    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://test") as client:
        yield client


@pytest.mark.parametrize("key", ["a", "k" * 255, "with space", '"quoted"'])
async def test_printable_keys_are_taken_as_they_are(client: httpx2.AsyncClient, key: str) -> None:
    answer = await client.post("/things", headers={"Idempotency-Key": key})
    assert answer.json() == {"key": key}


@pytest.mark.parametrize("key", [b"", b"k" * 256, b"tab\there", b"\x7f"])
async def test_other_keys_are_refused(client: httpx2.AsyncClient, key: bytes) -> None:
    answer = await client.post("/things", headers={b"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_malformed")


async def test_the_key_may_be_left_out(client: httpx2.AsyncClient) -> None:
    assert (await client.post("/things")).json() == {"key": None}
