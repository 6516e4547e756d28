"""Whatever is sent: never a 500, never the submitted value in the answer, nothing half-written."""

import json
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fixtures.databases import ServiceDatabase
from tests.services.referrals.handoff_world import HandoffWorld

MARK = "Zanzibarquux"
"""A word that can only come from the submitted body."""

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20).map(lambda text: MARK + text),
    st.sampled_from(["", "2026-13-45T99:99:99Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "\x00", "planned"]),
    st.uuids().map(str),
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SCALARS.map(str), inner, max_size=3)
)
FIELDS = st.sampled_from(
    [
        "person_id",
        "programme_id",
        "status",
        "expected_at",
        "occurred_at",
        "visit_reference",
        "sender_worker_id",
        "reason",
        "outcome",
        "how",
        "peer_worker_id",
        "reported_by",
        "milestone",
        MARK,
    ]
)
BODIES = st.one_of(st.dictionaries(FIELDS, VALUES, max_size=8), VALUES)
QUIET = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

TRANSITION_COMMANDS = ("replan", "discharge", "cancel", "retract")
HANDOFF_COMMANDS = (
    "accept",
    "decline",
    "preparation",
    "introduction",
    "first-contact",
    "follow-up",
    "close",
    "withdraw",
)


async def refused_quietly(world: HandoffWorld, path: str, body: Any, *, version: int) -> None:
    for caller in (world.nurse, world.supervisor):
        answer = await caller.ask("POST", path, body, version=version)
        assert answer.status_code < 500, (path, body, answer.text)
        assert MARK not in answer.text, (path, body)
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"


# Hypothesis runs on a thread without a loop of its own, so the examples are drawn first and sent one by one.
def drawn() -> list[Any]:
    examples: list[Any] = []

    @QUIET
    @given(BODIES)
    def draw(body: Any) -> None:
        json.dumps(body)
        examples.append(body)

    draw()
    return examples


@pytest.mark.parametrize("path", ["/transitions", "/transitions/{transition}/replan", "/handoffs/{handoff}/close"])
async def test_anything_may_be_sent(world: HandoffWorld, path: str) -> None:
    begun = await world.planned()
    address = path.format(transition=begun["id"], handoff=begun["handoff_id"])
    for body in drawn():
        await refused_quietly(world, address, body, version=1)


@pytest.mark.parametrize(
    "path",
    [f"/transitions/{{}}/{name}" for name in TRANSITION_COMMANDS]
    + [f"/handoffs/{{}}/{name}" for name in HANDOFF_COMMANDS],
)
async def test_every_command_answers_odd_requests_with_the_right_problem(world: HandoffWorld, path: str) -> None:
    unknown, known = path.format(uuid4()), path.format(uuid4())
    body: dict[str, Any] = {
        "replan": {"expected_at": "2026-05-01T10:00:00Z"},
        "discharge": {},
        "cancel": {"reason": "plan_changed"},
        "retract": {"reason": "plan_changed"},
        "accept": {},
        "decline": {"reason": "cant_right_now"},
        "preparation": {"step": "consent_asked"},
        "introduction": {"how": "bedside"},
        "first-contact": {"how": "phone", "outcome": "reached"},
        "follow-up": {"how": "phone", "outcome": "reached", "milestone": "day_7"},
        "close": {"outcome": "no_capacity"},
        "withdraw": {"reason": "no_longer_needed"},
    }[path.rsplit("/", 1)[1]]
    caller = world.supervisor
    assert (await caller.ask("POST", unknown, body, version=1)).status_code == 404
    assert (await caller.ask("POST", path.format("not-an-id"), body, version=1)).status_code == 422
    assert (await caller.ask("POST", known, body)).status_code == 428
    stranger_field = await caller.ask("POST", known, body | {MARK: MARK}, version=1)
    assert stranger_field.status_code == 422
    assert MARK not in stranger_field.text
    malformed = await caller.ask(
        "POST", known, headers={"If-Match": MARK, "Content-Type": "application/json"}, content="{}"
    )
    assert malformed.status_code in (400, 422)
    assert MARK not in malformed.text
    unsigned = await world.http.post(known, json=body)
    assert unsigned.status_code == 401


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"expected_at": None}, "/expected_at", "needed_for_a_plan"),
        ({"expected_at": "1990-01-01T00:00:00Z"}, "/expected_at", "not_plausible"),
        ({"expected_at": "2026-01-01T00:00:00"}, "/expected_at", "timezone_aware"),
        ({"expected_at": 1767225600}, "/expected_at", "value_error"),
        ({"occurred_at": "2099-01-01T00:00:00Z"}, "/occurred_at", "in_the_future"),
        ({"status": "retracted"}, "/status", "literal_error"),
        ({"visit_reference": f"{MARK} 7"}, "/visit_reference", "string_pattern_mismatch"),
        ({"programme_id": "00000000-0000-4000-8000-000000000000"}, "/programme_id", "not_found"),
        ({"person_id": "00000000-0000-4000-8000-000000000000"}, "/person_id", "not_found"),
    ],
)
async def test_a_plan_that_cannot_be_meant(
    world: HandoffWorld, change: dict[str, Any], pointer: str, code: str
) -> None:
    body = {
        "person_id": await world.person(),
        "programme_id": world.network.programme_id,
        "expected_at": "2026-12-24T10:00:00Z",
    }
    answer = await world.nurse.ask("POST", "/transitions", body | change)
    assert answer.status_code in (404, 422)
    assert answer.json()["errors"] == [{"pointer": pointer, "code": code}]
    assert MARK not in answer.text
    assert (await world.supervisor.ask("GET", "/transitions")).json()["items"] == []


@pytest.mark.parametrize("expected_at", ["0001-01-01T00:00:00Z", "1999-12-31T23:59:59Z", "9999-12-30T00:00:00Z"])
async def test_a_plan_is_not_moved_to_a_time_that_cannot_be_meant(world: HandoffWorld, expected_at: str) -> None:
    begun = await world.planned()
    answer = await world.move(world.nurse, begun["id"], "replan", {"expected_at": expected_at})
    assert (answer.status_code, answer.json()["errors"]) == (
        422,
        [{"pointer": "/expected_at", "code": "not_plausible"}],
    )
    assert (await world.transition(begun["id"]))["expected_at"] == begun["expected_at"]


async def test_a_programme_whose_protocol_has_gone_or_whose_sender_is_unknown(
    world: HandoffWorld, referrals_database: ServiceDatabase
) -> None:
    programme = f"/programmes/{world.network.programme_id}"
    version = (await world.supervisor.ask("GET", programme)).json()["version"]
    changed = await world.network.administrator.ask("PATCH", programme, {"protocol_code": "no_such"}, version=version)
    assert changed.json()["errors"] == [{"pointer": "/protocol_code", "code": "protocol_unknown"}]
    connection = await asyncpg.connect(referrals_database.runtime_url)
    await connection.execute("UPDATE programmes SET protocol_code = 'of_old' WHERE id = $1", UUID(programme[-36:]))
    await connection.close()
    body = {"person_id": await world.person(), "programme_id": world.network.programme_id, "status": "discharged"}
    answer = await world.nurse.ask("POST", "/transitions", body)
    assert answer.json()["errors"] == [{"pointer": "/programme_id", "code": "protocol_unavailable"}]
    nobody = await world.supervisor.ask("POST", "/transitions", body | {"sender_worker_id": str(uuid4())})
    assert nobody.json()["errors"] == [{"pointer": "/sender_worker_id", "code": "not_found"}]


async def test_an_introduction_names_a_peer_of_the_programme(world: HandoffWorld) -> None:
    handoff_id = (await world.planned())["handoff_id"]
    for stranger in (str(uuid4()), world.network.nurse_id):
        body = {"how": "bedside", "peer_worker_id": stranger}
        refused = await world.command(world.nurse, handoff_id, "introduction", body)
        assert refused.json()["errors"] == [{"pointer": "/peer_worker_id", "code": "not_a_peer_of_this_programme"}]
    named = {"how": "phone", "peer_worker_id": world.peers[2]}
    assert (await world.done(world.nurse, handoff_id, "introduction", named))["state"] == "preparing"
