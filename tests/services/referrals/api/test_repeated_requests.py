"""The same request twice has one effect, also when both are under way at once."""

import asyncio

from fastapi import FastAPI

from services.referrals.adapters.tables import idempotency
from shared.database import transaction
from shared.idempotency import RequestKey, claim
from tests.fixtures.databases import ServiceDatabase
from tests.services.referrals import guard_double
from tests.services.referrals.api.test_verdicts import stored
from tests.services.referrals.conftest import Network
from tests.services.referrals.guard_double import GuardDouble


async def count(database: ServiceDatabase, table: str) -> int:
    """How many rows there are."""
    return len(await stored(database, f"SELECT 1 FROM {table}"))


async def until_somebody_waits(database: ServiceDatabase) -> None:
    """Until a statement of this database waits for another transaction."""
    waiting = (
        "SELECT 1 FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND datname = current_database() AND pid <> pg_backend_pid()"
    )
    async with asyncio.timeout(20):
        while not await stored(database, waiting):  # noqa: ASYNC110 - the lock lies in another process
            await asyncio.sleep(0.01)


async def test_the_first_answer_is_given_again(
    network: Network, guard: GuardDouble, referrals_database: ServiceDatabase
) -> None:
    first = await network.nurse.ask("POST", "/tasks", network.task(), key="k1")
    again = await network.nurse.ask("POST", "/tasks", network.task(), key="k1")
    assert (again.status_code, again.text, again.headers["ETag"]) == (201, first.text, first.headers["ETag"])
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(guard.asked) == 1
    assert await count(referrals_database, "tasks") == 1
    assert await count(referrals_database, "task_history") == 1


async def test_a_refusal_is_remembered_and_leaves_one_boundary_event(network: Network, guard: GuardDouble) -> None:
    guard.judge = guard_double.out_of_scope
    first = await network.nurse.ask("POST", "/tasks", network.task(), key="k1")
    guard.judge = guard_double.within_scope
    again = await network.nurse.ask("POST", "/tasks", network.task(), key="k1")
    assert (again.status_code, again.json()) == (409, first.json())
    assert again.headers["Content-Type"] == "application/problem+json"
    assert guard.boundary_events == 1


async def test_undecided_is_remembered_with_its_retry_after(network: Network, guard: GuardDouble) -> None:
    guard.fault = "500"
    await network.nurse.ask("POST", "/tasks", network.task(), key="k1")
    again = await network.nurse.ask("POST", "/tasks", network.task(), key="k1")
    assert (again.status_code, again.headers["Retry-After"]) == (202, "5")


async def test_a_key_stands_for_one_body(
    network: Network, guard: GuardDouble, referrals_database: ServiceDatabase
) -> None:
    await network.nurse.made("/tasks", network.task(), key="k1")
    other = await network.nurse.ask("POST", "/tasks", network.task(title="Something else"), key="k1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert await count(referrals_database, "tasks") == 1
    assert len(guard.asked) == 1


async def test_a_key_belongs_to_its_caller_and_route(network: Network) -> None:
    first = await network.nurse.made("/tasks", network.task(), key="k1")
    other = await network.supervisor.made("/tasks", network.task(), key="k1")
    assert first["id"] != other["id"]


async def test_two_at_once_have_one_effect(
    network: Network, referrals_database: ServiceDatabase, guard: GuardDouble
) -> None:
    guard.fault = "slow"
    both = [asyncio.create_task(network.nurse.ask("POST", "/tasks", network.task(), key="k1")) for _ in range(2)]
    answers = await asyncio.gather(*both)
    assert sorted(answer.status_code for answer in answers) in ([202, 202], [202, 409])
    assert await count(referrals_database, "tasks") == 1
    assert len({question.request_id for question in guard.asked}) == 1


async def test_while_a_step_is_under_way_its_repetition_is_told_to_wait(
    network: Network, app: FastAPI, referrals_database: ServiceDatabase
) -> None:
    """The first request's transaction is held open here, where its lock can be seen."""
    task = await network.nurse.made("/tasks", network.task())
    path = f"/tasks/{task['id']}/start"
    await network.peer.ask("POST", path, {}, version=1, key="s1")
    (row,) = await stored(
        referrals_database, "SELECT caller, route, body_digest FROM idempotency_keys WHERE key = 's1'"
    )
    held = RequestKey(
        tenant_id=network.tenant_id, caller=row["caller"], route=row["route"], key="s2", body_digest=row["body_digest"]
    )
    async with transaction(app.state.resources.engine, tenant_id=network.tenant_id) as connection:
        assert await claim(connection, idempotency, held) is None
        meanwhile = await network.peer.ask("POST", path, {}, version=1, key="s2")
    assert (meanwhile.status_code, meanwhile.json()["code"]) == (409, "request_in_flight")
    assert await count(referrals_database, "task_history") == 2


async def test_the_later_of_two_waits_for_the_earlier_and_gives_its_answer(
    network: Network, app: FastAPI, referrals_database: ServiceDatabase
) -> None:
    """The earlier request's writing is not yet committed here: the later one must not see, and must not write."""
    first = await network.nurse.made("/tasks", network.task(), key="k1")
    (kept,) = await stored(referrals_database, "DELETE FROM idempotency_keys WHERE key = 'k1' RETURNING *")
    async with transaction(app.state.resources.engine, tenant_id=network.tenant_id) as connection:
        await connection.execute(idempotency.insert().values(dict(kept)))
        later = asyncio.create_task(network.nurse.ask("POST", "/tasks", network.task(), key="k1"))
        await until_somebody_waits(referrals_database)
    answer = await later
    assert (answer.status_code, answer.json()) == (201, first)
    assert answer.headers["Idempotent-Replayed"] == "true"
    assert await count(referrals_database, "tasks") == 1


async def test_a_lost_reply_and_a_retry_ask_the_same_question(
    network: Network, guard: GuardDouble, app: FastAPI
) -> None:
    """The request died after the guard had answered and before anything was stored: the retry finds the same decision."""
    guard.judge = guard_double.out_of_scope
    await network.nurse.ask("POST", "/tasks", network.task(), key="k1")
    question = guard.asked[0]
    guard.asked.clear()
    # The same as a first try whose commit never happened: the answer is not known under the key.
    async with transaction(app.state.resources.engine, tenant_id=network.tenant_id) as connection:
        await connection.execute(idempotency.delete())
    await network.nurse.ask("POST", "/tasks", network.task(), key="k1")
    assert [asked.request_id for asked in guard.asked] == [question.request_id]
    assert guard.boundary_events == 1


async def test_steps_can_be_repeated_too(network: Network, referrals_database: ServiceDatabase) -> None:
    task = await network.nurse.made("/tasks", network.task())
    path = f"/tasks/{task['id']}/start"
    first = await network.peer.ask("POST", path, {}, version=1, key="s1")
    again = await network.peer.ask("POST", path, {}, version=1, key="s1")
    assert (again.status_code, again.text) == (200, first.text)
    other_version = await network.peer.ask("POST", path, {}, version=2, key="s1")
    assert other_version.status_code == 422
    assert await count(referrals_database, "task_history") == 2


async def test_directory_requests_can_be_repeated(network: Network, referrals_database: ServiceDatabase) -> None:
    body = {"name": "Second Harbor"}
    first = await network.administrator.ask("POST", "/organizations", body, key="o1")
    again = await network.administrator.ask("POST", "/organizations", body, key="o1")
    assert (first.status_code, again.status_code, again.text) == (201, 201, first.text)
    assert await count(referrals_database, "organizations") == 2


async def test_a_key_must_be_printable(network: Network) -> None:
    answer = await network.nurse.ask("POST", "/tasks", network.task(), key="k" * 256)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_malformed")
