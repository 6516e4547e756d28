"""Whatever is sent: the right 4xx, never a 500, never the value itself in the answer, and nothing half-written."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fixtures.databases import ServiceDatabase
from tests.services.referrals.conftest import Network

CANARY = "zebra-canary-7f3a"
WRITTEN = ("organizations", "programmes", "people", "workers", "credentials", "teams", "tasks")

BODIES: dict[str, Callable[[Network], dict[str, Any]]] = {
    "/organizations": lambda _: {"name": "Harbor"},
    "/programmes": lambda network: {
        "organization_id": network.organization_id,
        "name": "P",
        "setting": "outpatient",
        "jurisdiction": "US-VA",
        "time_zone": "UTC",
        "integration_model": "co_located",
        "duty_owner_worker_id": network.supervisor_id,
        "protocol_code": "standard",
        "policy_flags": ["documentation_required"],
    },
    "/people": lambda _: {
        "given_name": "Robin",
        "family_name": "Example",
        "preferred_name": "Rob",
        "pronouns": "they/them",
        "birth_date": "1990-01-01",
        "language": "en",
        "contact_preference": "text",
    },
    "/workers": lambda network: {
        "organization_id": network.organization_id,
        "display_name": "W",
        "practice_role": "nurse",
        "languages": ["en"],
    },
    "/workers/{worker}/credentials": lambda _: {
        "issuer": "Board",
        "number": str(uuid4()),
        "jurisdiction": "US-VA",
        "stage": "full",
        "issued_on": "2025-01-01",
        "endorsement": "mental_health_peer",
        "expires_on": "2027-01-01",
        "suspended_on": "2026-01-01",
    },
    "/teams": lambda network: {
        "organization_id": network.organization_id,
        "name": "T",
        "member_worker_ids": [network.peer_id],
    },
    "/tasks": lambda network: network.task(
        details="more words",
        responsibility="assist",
        attested_conditions=["person_owns_plan"],
        due_at="2026-12-24T10:00:00Z",
        occurred_at="2026-01-01T10:00:00Z",
    ),
}
STEPS: dict[str, dict[str, Any]] = {
    "start": {"note": "n", "occurred_at": "2026-01-01T10:00:00Z"},
    "decline": {"reason": "cant_right_now", "note": "n"},
}
CHANGES: dict[str, tuple[str, dict[str, Any]]] = {
    "/programmes/{programme}": ("PATCH", {"name": "P", "policy_flags": ["a_flag"], "active": True}),
    "/workers/{worker}": (
        "PATCH",
        {"display_name": "W", "practice_role": "nurse", "languages": ["en"], "active": True},
    ),
    "/workers/{worker}/supervision": ("PUT", {"last_supervised_on": "2025-01-01", "supervision_cadence_days": 7}),
}

strange_text = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["\x00", "\ud800", "a\x00b", "‮", "", " ", "0" * 5000, "9" * 400, "NaN", "2026-13-45", "null"]),
)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    strange_text.map(lambda text: text + CANARY),
    strange_text,
    st.sampled_from([2**63, -(2**63), 1e308, "0001-01-01", "9999-12-31", "0001-01-01T00:00:00+14:00"]),
)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(strange_text, inner, max_size=3), max_leaves=6
)

hypothesis_settings = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)


def spoiled(data: st.DataObject, body: dict[str, Any]) -> Any:
    """A body that is wrong in some way, or happens to be right."""
    how = data.draw(st.sampled_from(["replace", "drop", "add", "all"]))
    if how == "all":
        return data.draw(anything)
    spoilt = dict(body)
    field = data.draw(st.sampled_from(sorted(body)))
    if how == "drop":
        del spoilt[field]
    elif how == "add":
        spoilt[data.draw(strange_text.map(lambda text: text + CANARY))] = data.draw(anything)
    else:
        spoilt[field] = data.draw(anything)
    return spoilt


@pytest.fixture
async def rows(referrals_database: ServiceDatabase) -> Any:
    """`await rows()`: how many rows each table holds, and the sum of all versions."""
    connection = await asyncpg.connect(referrals_database.runtime_url)
    counts = ", ".join(f"(SELECT (count(*), coalesce(sum(version), 0))::text FROM {table})" for table in WRITTEN)

    async def count() -> list[str]:
        found = await connection.fetchrow(f"SELECT {counts}, (SELECT count(*) FROM outbox)::text")
        return [str(value) for value in found]

    yield count
    await connection.close()


async def check(network: Network, rows: Any, *, method: str, path: str, body: Any, version: int | None = None) -> None:
    """Send it, and hold the answer to the promise."""
    before = await rows()
    caller = network.supervisor if path.startswith("/tasks") else network.administrator
    content = json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    answer = await caller.ask(method, path, version=version, content=content, headers=headers)
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert CANARY not in answer.text
        assert answer.json()["code"]
        assert await rows() == before


@pytest.mark.parametrize("path", list(BODIES))
@given(data=st.data())
@hypothesis_settings
async def test_new_things(path: str, network: Network, rows: Any, data: st.DataObject) -> None:
    body = spoiled(data, BODIES[path](network))
    await check(network, rows, method="POST", path=path.format(worker=network.peer_id), body=body)


@pytest.mark.parametrize("command", list(STEPS))
@given(data=st.data())
@hypothesis_settings
async def test_steps_of_a_task(command: str, network: Network, rows: Any, data: st.DataObject) -> None:
    task = await network.nurse.made("/tasks", network.task(assignee_worker_id=network.supervisor_id))
    body = spoiled(data, STEPS[command])
    await check(network, rows, method="POST", path=f"/tasks/{task['id']}/{command}", body=body, version=1)


@pytest.mark.parametrize("path", list(CHANGES))
@given(data=st.data())
@hypothesis_settings
async def test_changes(path: str, network: Network, rows: Any, data: st.DataObject) -> None:
    method, good = CHANGES[path]
    body = spoiled(data, good)
    where = path.format(programme=network.programme_id, worker=network.peer_id)
    version = (await network.administrator.ask("GET", where.removesuffix("/supervision"))).json()["version"]
    await check(network, rows, method=method, path=where, body=body, version=version)


@pytest.mark.parametrize("path", list(BODIES))
async def test_a_good_body_is_taken(path: str, network: Network, rows: Any) -> None:
    """The counterpart: without it, a service that refuses everything would pass."""
    before = await rows()
    caller = network.nurse if path == "/tasks" else network.administrator
    answer = await caller.ask("POST", path.format(worker=network.peer_id), BODIES[path](network))
    assert answer.status_code == 201, answer.text
    assert await rows() != before


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'"x"', b"\xff\xfe", b'{"name": NaN}', b"null"])
async def test_bodies_that_are_no_objects(content: bytes, network: Network, rows: Any) -> None:
    before = await rows()
    headers = {"Content-Type": "application/json"}
    answer = await network.administrator.ask("POST", "/organizations", content=content, headers=headers)
    assert 400 <= answer.status_code < 500
    assert await rows() == before


@given(text=strange_text)
@hypothesis_settings
async def test_strange_paths_and_queries(text: str, network: Network) -> None:
    printable = text.encode("utf-8", "replace").decode()
    for path in ("/tasks", "/people"):
        for params in ({"cursor": printable}, {"limit": printable}, {"status": printable}, {"person_id": printable}):
            answer = await network.nurse.ask("GET", path, params=params)
            assert answer.status_code < 500
    answer = await network.nurse.ask("GET", f"/tasks/{uuid4()}x")
    assert answer.status_code == 422


async def test_oversized_bodies(network: Network, rows: Any) -> None:
    before = await rows()
    answer = await network.nurse.ask("POST", "/tasks", network.task(details="x" * (1024 * 1024 + 1)))
    assert answer.status_code == 413
    too_long = await network.nurse.ask("POST", "/tasks", network.task(details="x" * 3701))
    assert too_long.json()["errors"] == [{"pointer": "/details", "code": "string_too_long"}]
    longest = await network.nurse.ask("POST", "/tasks", network.task(title="t" * 200, details="x" * 3700))
    assert longest.status_code == 201
    assert await rows() != before
