"""Whatever is sent: the right 4xx, a pointer and a code, never the value, never a 500."""

import json
from typing import Any
from uuid import uuid4

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.identity.api import errors
from shared import problems, request_frame
from tests.services.identity.api.conftest import PASSWORD, Identity
from tests.services.identity.api.test_accounts import NEW

MARK = "zq9x7"
"""Stands in every text that is sent, so that an echo of any of them is seen."""

SIGN_IN = {"email": "ada@northside.test", "password": PASSWORD}
SIGN_OUT = {"refresh_token": "x"}
CHANGE = {"current_password": PASSWORD, "new_password": "a different sentence"}

CASES: list[tuple[str, dict[str, Any], dict[str, Any], int, str, str]] = [
    ("/sign-in", SIGN_IN, {"email": f"{MARK} no address"}, 422, "/email", "email_malformed"),
    ("/sign-in", SIGN_IN, {"email": MARK * 60}, 422, "/email", "string_too_long"),
    ("/sign-in", SIGN_IN, {"email": 7}, 422, "/email", "string_type"),
    ("/sign-in", SIGN_IN, {"password": MARK * 60}, 422, "/password", "string_too_long"),
    ("/sign-in", SIGN_IN, {"password": [MARK]}, 422, "/password", "string_type"),
    ("/sign-in", SIGN_IN, {"tenant_id": MARK}, 422, "/tenant_id", "uuid_parsing"),
    ("/sign-in", SIGN_IN, {MARK: MARK}, 422, "", "extra_forbidden"),
    ("/sign-out", SIGN_OUT, {"refresh_token": MARK * 50}, 422, "/refresh_token", "string_too_long"),
    ("/me/password", CHANGE, {"new_password": MARK}, 422, "/new_password", "string_too_short"),
    ("/accounts", NEW, {"password": MARK}, 422, "/password", "string_too_short"),
    ("/accounts", NEW, {"display_name": f"{MARK}\u0007"}, 422, "/display_name", "unprintable_characters"),
    ("/accounts", NEW, {"display_name": "   "}, 422, "/display_name", "string_too_short"),
    ("/accounts", NEW, {"access_role": MARK}, 422, "/access_role", "enum"),
    ("/accounts", NEW, {"access_role": "system"}, 422, "/access_role", "access_role_reserved"),
    ("/accounts", NEW, {"worker_id": f"{MARK}-1"}, 422, "/worker_id", "uuid_parsing"),
    ("/accounts", NEW, {"tenant_id": str(uuid4())}, 422, "", "extra_forbidden"),
]


@pytest.mark.parametrize(("path", "good", "bad", "status", "pointer", "code"), CASES)
async def test_one_wrong_field(
    identity: Identity, path: str, good: dict[str, Any], bad: dict[str, Any], status: int, pointer: str, code: str
) -> None:
    headers = await identity.administrator()
    answer = await identity.http.post(path, json=good | bad, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert {"pointer": pointer, "code": code} in answer.json()["errors"]
    assert MARK not in answer.text


@pytest.mark.parametrize("path", ["/sign-in", "/accounts", "/me/password"])
async def test_bodies_that_are_no_object(identity: Identity, path: str) -> None:
    headers = await identity.administrator()
    for body, status in (
        (b"", 422),
        (b"[]", 422),
        (b'"' + MARK.encode() + b'"', 422),
        (b"{" + MARK.encode(), 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b'{"email": "' + b"x" * 1_100_000 + b'"}', 413),
    ):
        sent = headers | {"Content-Type": "application/json"}
        answer = await identity.http.post(path, content=body, headers=sent)
        assert answer.status_code == status, (body[:20], answer.text)
        assert MARK not in answer.text


async def test_identifiers_that_are_none(identity: Identity) -> None:
    headers = await identity.administrator()
    assert (await identity.http.get(f"/accounts/{MARK}", headers=headers)).status_code == 422
    assert (await identity.http.get(f"/accounts/{uuid4()}", headers=headers)).status_code == 404


TEXT = st.text(max_size=12).map(lambda text: f"{MARK}{text}") | st.sampled_from([f"{MARK}\u0000", f"{MARK}\ud800"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
PATHS: dict[str, dict[str, Any]] = {
    "/sign-in": SIGN_IN | {"tenant_id": str(uuid4())},
    "/sign-out": SIGN_OUT,
    "/me/password": CHANGE,
    "/accounts": NEW | {"worker_id": str(uuid4()), "organization_id": str(uuid4())},
    "/token": {"grant_type": "client_credentials"},
}


@st.composite
def bodies(draw: st.DrawFn, path: str) -> Any:
    """Half right: some fields as they should be, some replaced, some dropped, some nobody asked for; or anything."""
    if draw(st.booleans()):
        return draw(JSON)
    body = {name: draw(st.just(value) | JSON) for name, value in PATHS[path].items() if draw(st.booleans())}
    return body | draw(st.dictionaries(TEXT, JSON, max_size=1))


def encoded(body: Any, *, as_form: bool) -> tuple[bytes, str]:
    """The bytes to send and what they are said to be."""
    if as_form and isinstance(body, dict):
        fields = "&".join(f"{name}={value}" for name, value in body.items())
        return fields.encode("utf-8", "surrogatepass"), "application/x-www-form-urlencoded"
    return json.dumps(body).encode(), "application/json"


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every entry of our own loggers, before the allow-list has had its turn."""
    entries: list[Any] = []

    def keep(_: Any, __: str, entry: Any) -> Any:
        entries.append(dict(entry))
        raise structlog.DropEvent

    logger = structlog.wrap_logger(structlog.PrintLogger(), processors=[keep], wrapper_class=structlog.BoundLogger)
    for module in (request_frame, problems, errors):
        monkeypatch.setattr(module, "_log", logger)
    return entries


@pytest.fixture
async def administrator(identity: Identity) -> dict[str, str]:
    return await identity.administrator()


@pytest.mark.parametrize("path", PATHS)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(data=st.data())
async def test_random_bodies_are_never_an_error_of_ours_and_never_echoed(
    identity: Identity, administrator: dict[str, str], logged: list[Any], path: str, data: st.DataObject
) -> None:
    content, kind = encoded(data.draw(bodies(path)), as_form=path == "/token" and data.draw(st.booleans()))
    logged.clear()
    answer = await identity.http.post(path, content=content, headers=administrator | {"Content-Type": kind})
    assert answer.status_code in (200, 201, 204, 400, 401, 409, 415, 422, 429), answer.text
    assert MARK not in answer.text or answer.status_code == 201
    assert logged
    assert MARK not in repr(logged)


async def test_the_log_of_a_whole_visit_names_nobody(identity: Identity, logged: list[Any]) -> None:
    headers = await identity.administrator()
    await identity.http.post("/accounts", json=NEW, headers=headers | {"Idempotency-Key": "one"})
    await identity.sign_in(NEW["email"], password=NEW["password"])
    await identity.sign_in(NEW["email"], password="a wrong guess")
    await identity.ask("nonsense")
    text = repr(logged)
    assert "'route': '/accounts'" in text
    assert "'reason': 'assertion_malformed'" in text
    for secret in (
        NEW["email"],
        NEW["password"],
        NEW["display_name"],
        "northside",
        "nonsense",
        headers["Authorization"],
    ):
        assert secret not in text
