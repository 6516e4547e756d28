"""Whatever is sent: the right 4xx with a pointer, or a cautious verdict; never a 500, never the value again."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from services.scope_guard.adapters.tables import decisions
from shared.contracts.codes import AccessRole, PracticeRole, Responsibility, Setting
from shared.contracts.scope import MAX_TEXT_CHARACTERS
from shared.identifiers import new_id
from tests.services.scope_guard.adapters.logbook import count
from tests.services.scope_guard.api.conftest import Callers
from tests.services.scope_guard.questions import FACTS, TENANT

CANARY = "Quillfeather"


def body(**changes: Any) -> dict[str, Any]:
    content = {
        "request_id": str(new_id()),
        "tenant_id": str(TENANT),
        "text": "listen",
        "facts": FACTS.model_dump(mode="json"),
    }
    return content | changes


def with_facts(**changes: Any) -> dict[str, Any]:
    return body(facts=FACTS.model_dump(mode="json") | changes)


REFUSED: dict[str, tuple[Any, str]] = {
    "text too long": (body(text=CANARY * 400), "/text"),
    "text of 100 kB": (body(text=CANARY + "x" * 100_000), "/text"),
    "text is a number": (body(text=7), "/text"),
    "lone surrogate": (body(text=CANARY + "\ud800"), ""),
    "a character that PostgreSQL can't hold": (body(text=CANARY + "\x00"), ""),
    "unknown field": (body(**{CANARY: CANARY}), ""),
    "unknown field in the facts": (with_facts(person_name=CANARY), "/facts"),
    "unknown role": (with_facts(practice_role=CANARY), "/facts/practice_role"),
    "unknown setting": (with_facts(setting=CANARY), "/facts/setting"),
    "unknown team role": (with_facts(team_roles=["nurse", CANARY]), "/facts/team_roles/1"),
    "jurisdiction of another shape": (with_facts(jurisdiction=CANARY), "/facts/jurisdiction"),
    "activity of another shape": (body(activity=CANARY), "/activity"),
    "condition of another shape": (with_facts(conditions_met=[CANARY]), "/facts/conditions_met/0"),
    "request id that is none": (body(request_id=CANARY), "/request_id"),
    "no request id": ({key: value for key, value in body().items() if key != "request_id"}, "/request_id"),
    "no facts": ({key: value for key, value in body().items() if key != "facts"}, "/facts"),
    "time without zone": (body(occurred_at="2026-01-01T00:00:00"), "/occurred_at"),
    "time in the future": (body(occurred_at="2199-01-01T00:00:00Z"), "/occurred_at"),
    "time before time": (body(occurred_at="0001-01-01T00:00:00+14:00"), "/occurred_at"),
    "time at the end of time": (body(occurred_at="9999-12-31T23:59:59-14:00"), "/occurred_at"),
    "a list": ([], ""),
    "null": (None, ""),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_the_place_is_named_and_the_value_is_not(callers: Callers, engine: AsyncEngine, name: str) -> None:
    content, pointer = REFUSED[name]
    answer = await callers.system().post_raw("/decisions", json.dumps(content).encode())
    assert answer.status_code == (400 if name == "lone surrogate" else 422)
    assert answer.headers["content-type"] == "application/problem+json"
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert CANARY not in answer.text
    assert await count(engine, decisions) == 0


@pytest.mark.parametrize("content", [b"", b"{", b'{"text": "Quillfeather', b"\xff\xfe", b"nul\x00", b"[" * 50_000])
async def test_what_is_not_json_is_refused(callers: Callers, content: bytes) -> None:
    answer = await callers.system().post_raw("/decisions", content)
    assert answer.status_code in (400, 422)
    assert CANARY not in answer.text


async def test_more_than_a_mebibyte_is_too_large(callers: Callers) -> None:
    answer = await callers.system().post_raw("/decisions", b'"' + b"x" * (1024 * 1024) + b'"')
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "bell \x07, escape \x1b[31m",
        "\u202eesongaid\u202c \u200bdia\u200bgnose",
        "\U0001f600" * 50,
        "<script>alert(1)</script>",
        "'; DROP TABLE decisions; --",
        "оценить состояние",
        "a" * MAX_TEXT_CHARACTERS,
        "listen, " * (MAX_TEXT_CHARACTERS // 8),
        "\U0001f600" * MAX_TEXT_CHARACTERS,
    ],
)
async def test_odd_words_are_judged_kept_and_replayed(callers: Callers, text: str) -> None:
    answer = await callers.system().post("/decisions", body(text=text))
    assert answer.status_code == 200
    again = await callers.person(AccessRole.SUPERVISOR).post(f"/decisions/{answer.json()['decision_id']}/replay")
    assert again.json()["outcome"] == "same"


async def test_an_activity_that_nobody_knows_is_a_question(callers: Callers) -> None:
    answer = await callers.system().post("/decisions", body(activity="no_such_activity"))
    assert answer.status_code == 200
    assert answer.json()["verdict"] == "needs_review"


async def test_a_path_that_is_no_id_is_refused(callers: Callers) -> None:
    answer = await callers.person(AccessRole.SUPERVISOR).get(f"/decisions/{CANARY}")
    assert answer.status_code == 422
    assert CANARY not in answer.text


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20).map(lambda text: CANARY + text),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
CODES = st.from_regex(r"[a-z][a-z0-9_]{1,20}", fullmatch=True)


def mostly(valid: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A right value nearly always, anything else now and then: so that single faults are met, not only heaps."""
    return st.integers(0, 24).flatmap(lambda chance: ANY_JSON if chance == 0 else valid)


def some_of(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    extra = st.dictionaries(st.text(max_size=8), ANY_JSON, max_size=1)
    whole = st.fixed_dictionaries({name: mostly(value) for name, value in fields.items()})
    return st.one_of(
        whole,
        st.tuples(whole, extra).map(lambda pair: pair[1] | pair[0]),
        st.tuples(whole, st.sampled_from(sorted(fields))).map(
            lambda pair: {key: value for key, value in pair[0].items() if key != pair[1]}
        ),
    )


IDS = st.none() | st.uuids().map(str)
FACTS_LIKE = some_of(
    {
        "practice_role": st.sampled_from([role.value for role in PracticeRole]),
        "setting": st.sampled_from([setting.value for setting in Setting]),
        "integration_model": st.sampled_from(["co_located", "integrated_team"]),
        "jurisdiction": st.sampled_from(["US", "US-VA", "US-NC", "US-TX", "DE-BY"]),
        "conditions_met": st.lists(CODES, max_size=3),
        "team_roles": st.lists(st.sampled_from([role.value for role in PracticeRole]), max_size=3),
    }
)
ASKED: dict[str, st.SearchStrategy[Any]] = {
    "activity": st.none() | CODES | st.sampled_from(["diagnose", "prescribe_medication"]),
    "responsibility": st.sampled_from([responsibility.value for responsibility in Responsibility]),
    "text": st.text(max_size=60),
    "facts": FACTS_LIKE,
    "assigner_worker_id": IDS,
    "team_id": IDS,
    "occurred_at": st.none() | st.datetimes().map(lambda instant: instant.isoformat() + "Z"),
}
BODIES = {
    "/decisions": some_of(ASKED | {"request_id": st.uuids().map(str), "tenant_id": st.uuids().map(str)}),
    "/decisions/preview": some_of(ASKED | {"tenant_id": IDS}),
    "/who-may": some_of({"activity": CODES, "facts": FACTS_LIKE}),
    "/decision-log/verify": some_of({"position": st.integers(), "link": st.text(max_size=70)}),
}


@pytest.mark.parametrize("path", BODIES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.data())
async def test_any_body_is_answered_or_refused_without_an_echo(
    callers: Callers, path: str, drawn: st.DataObject
) -> None:
    content = drawn.draw(BODIES[path])
    caller = callers.person(AccessRole.ADMINISTRATOR) if path == "/decision-log/verify" else callers.system()
    answer = await caller.post_raw(path, json.dumps(content).encode())
    assert answer.status_code in (200, 400, 409, 422), answer.text
    if answer.status_code != 200:
        assert answer.headers["content-type"] == "application/problem+json"
        assert CANARY not in answer.text
