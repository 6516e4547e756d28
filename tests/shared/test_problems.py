"""Whatever is sent, the answer is a problem that names places and codes, never a value and never a made-up key."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.problems import FieldError, validation_problem
from shared.request_frame import MAX_BODY_BYTES
from tests.shared.example_routes import SECRET, make_app

APP = make_app()


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=APP, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


JSON = {"content-type": "application/json"}


def findings(answer: httpx2.Response) -> list[tuple[str, str]]:
    assert answer.headers["content-type"] == "application/problem+json"
    assert SECRET not in answer.text
    return [(error["pointer"], error["code"]) for error in answer.json().get("errors", [])]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"name": SECRET * 9}, [("/name", "string_too_long")]),
        ({"name": 5}, [("/name", "string_type")]),
        ({SECRET: 1, "name": "x"}, [("", "extra_forbidden")]),
        ({"name": "x", "inner": [{"role": "nurse", SECRET: 1}]}, [("/inner/0", "extra_forbidden")]),
        ({"name": "x", "inner": [{"role": SECRET}]}, [("/inner/0/role", "enum")]),
        ({"name": "x", "inner": [{"role": "nurse", "counts": {SECRET: "y"}}]}, [("/inner/0/counts/*", "int_parsing")]),
        ({"name": "x", "inner": SECRET}, [("/inner", "list_type")]),
        ({}, [("/name", "missing")]),
        ([SECRET], [("", "model_attributes_type")]),
        (None, [("", "missing")]),
    ],
    ids=str,
)
async def test_a_wrong_field_is_named_and_its_value_is_not(
    client: httpx2.AsyncClient, body: Any, expected: list[tuple[str, str]]
) -> None:
    answer = await client.post("/things", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert findings(answer) == expected


async def test_places_outside_the_body_are_named_too(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/things/search", params={"limit": "500"}, headers={"If-Match": SECRET})
    assert findings(answer) == [("query:/limit", "less_than_equal"), ("header:/If-Match", "int_parsing")]
    assert findings(await client.get(f"/things/{SECRET}")) == [("path:/thing_id", "uuid_parsing")]


def test_without_a_schema_only_what_looks_like_a_field_is_shown() -> None:
    problem = validation_problem([{"type": "missing", "loc": ("body", 0, "a_field", "Maria Muster")}])
    assert problem.errors == [FieldError(pointer="/0/a_field/*", code="missing")]


UNREADABLE = {
    "cut short": b'{"name":',
    "not UTF-8": b'{"name": "\xff"}',
    "UTF-16": '{"name": "x"}'.encode("utf-16"),
    "half a surrogate pair": b'{"name": "\\ud800"}',
    "half a pair in an untyped place": b'{"name": "x", "anything": ["\\udfff"]}',
    "NaN": b'{"name": "x", "anything": NaN}',
    "infinity": b'{"name": "x", "anything": -Infinity}',
    "raw NUL": b'{"name": "a\x00b"}',
    "bottomless lists": b'{"name": "x", "anything": ' + b"[" * 100_000,
    "deep lists": b'{"name": "x", "anything": ' + b"[" * 400 + b"]" * 400 + b"}",
    "deep objects": b'{"name": "x", "anything": ' + b'{"a":' * 400 + b"1" + b"}" * 401,
    "a number of 5,000 digits": b'{"name": "x", "anything": ' + b"9" * 5000 + b"}",
    "two documents": b'{"name": "x"}{"name": "y"}',
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
async def test_what_is_no_json_is_a_400(client: httpx2.AsyncClient, body: bytes) -> None:
    answer = await client.post("/things", content=body, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_json")
    assert findings(answer) == [("", "json_invalid")]
    assert answer.headers["x-request-id"]


@pytest.mark.parametrize("depth", range(190, 206))
async def test_at_no_depth_is_the_answer_a_500(client: httpx2.AsyncClient, depth: int) -> None:
    body = b'{"name": "x", "anything": ' + b"[" * depth + b"]" * depth + b"}"
    assert (await client.post("/things", content=body, headers=JSON)).status_code in (200, 400)


async def test_a_nul_is_refused_wherever_it_could_reach_the_database(client: httpx2.AsyncClient) -> None:
    answers = [
        await client.post("/things", content=b'{"name": "a\\u0000b"}', headers=JSON),
        await client.post("/things", content=b'{"name": "x", "anything": {"\\\\\\u0000": 1}}', headers=JSON),
        await client.post(
            "/things", content=b'{"name": "\\u0000"}', headers={"content-type": "Application/Vnd.X+JSON; a=b"}
        ),
        await client.post("/things/form", data={"name": "a\0b"}),
        await client.get("/things/search", params={"text": "a\0b"}),
        await client.get("/things/named/a%00b"),
    ]
    assert [answer.status_code for answer in answers] == [422] * 6
    assert [findings(answer)[0] for answer in answers] == [
        *[("", "nul_character")] * 4,
        ("query:", "nul_character"),
        ("path:", "nul_character"),
    ]


async def test_text_that_speaks_about_nul_is_welcome(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/things", content=b'{"name": "say \\\\u0000"}', headers=JSON)
    assert answer.json()["name"] == "say \\u0000"
    assert (await client.post("/things/form", data={"name": "100% \\u0000"})).json() == {"name": "100% \\u0000"}


async def test_every_other_character_comes_back_as_it_was(client: httpx2.AsyncClient) -> None:
    name = "Ünï 😀 \u202e\u2028"
    assert (await client.post("/things", json={"name": name})).json()["name"] == name


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
async def test_no_bytes_make_a_500(client: httpx2.AsyncClient, body: bytes) -> None:
    answer = await client.post("/things", content=body, headers=JSON)
    assert answer.status_code in (400, 422)
    assert (
        await client.post("/things/form", content=body, headers={"content-type": "application/x-www-form-urlencoded"})
    ).status_code < 500


async def test_a_body_that_declares_too_much_is_not_read(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/things", content=b"x" * (MAX_BODY_BYTES + 1), headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert findings(answer) == []


async def test_a_body_of_exactly_the_limit_is_read(client: httpx2.AsyncClient) -> None:
    start = b'{"name": "x", "anything": "'
    body = start + b"y" * (MAX_BODY_BYTES - len(start) - 2) + b'"}'
    assert (await client.post("/things", content=body, headers=JSON)).status_code == 200
    assert (await client.post("/things", content=body + b" ", headers=JSON)).status_code == 413


async def test_a_chunked_body_is_refused_when_it_passes_the_limit(client: httpx2.AsyncClient) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 65536
            yield b"x" * 65536

    answer = await client.post("/things", content=endless(), headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert sent <= MAX_BODY_BYTES + 2 * 65536


async def test_an_unforeseen_error_is_a_plain_500(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/things/boom")
    assert answer.status_code == 500
    assert answer.json() == {
        "type": "urn:handrail:problem:internal_error",
        "title": "Something went wrong on our side; look before you try again",
        "status": 500,
        "code": "internal_error",
    }


async def test_domain_errors_follow_the_table_and_extras_replace_no_standard_member(
    client: httpx2.AsyncClient,
) -> None:
    answer = await client.get("/things/refused")
    assert answer.status_code == 409
    assert answer.json() == {
        "type": "urn:handrail:problem:not_here",
        "title": "Not here",
        "status": 409,
        "code": "not_here",
        "rule": "r1",
    }


async def test_a_stale_version_is_a_412_with_the_current_tag(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/things/stale")
    assert (answer.status_code, answer.headers["etag"]) == (412, '"7"')


async def test_unknown_addresses_and_methods_are_problems(client: httpx2.AsyncClient) -> None:
    missing, wrong = await client.get(f"/{SECRET}"), await client.put("/things")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    assert (wrong.status_code, wrong.json()["code"], wrong.headers["allow"]) == (405, "method_not_allowed", "POST")
    assert findings(missing) == findings(wrong) == []


async def test_health_tells_what_is_not_ready(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/health/live")).json() == {"service": "referrals", "status": "live"}
    assert (await client.get("/health/ready")).status_code == 200

    async def no() -> bool:
        return False

    APP.state.readiness_checks["database"] = no
    try:
        answer = await client.get("/health/ready")
    finally:
        del APP.state.readiness_checks["database"]
    assert (answer.status_code, answer.json()["checks"]) == (503, {"database": False})
