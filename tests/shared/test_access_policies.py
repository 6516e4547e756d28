"""A route lets in only whom it names, and says no more than that."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2
import pytest
from fastapi import Depends, FastAPI
from fastapi.routing import APIRoute

from shared.contracts.codes import AccessRole, Service
from shared.contracts.tokens import TokenClaims
from shared.problems import install_problem_handlers
from shared.tokens import (
    PEOPLE,
    TokenVerifier,
    allow,
    allow_any,
    allow_system,
    credentials_in_body,
    open_to_all,
    policies_of,
)
from tests.fixtures.tokens import TokenFor, VerifierFor
from tests.shared.events import TENANT


@pytest.fixture
def verifier(verifier_for: VerifierFor) -> TokenVerifier:
    return verifier_for(Service.REFERRALS)


POLICIES: dict[str, Any] = {
    "/peers": allow(AccessRole.PEER),
    "/people": allow(*PEOPLE),
    "/guard": allow_system(Service.SCOPE_GUARD),
    "/both": allow_any(roles=(AccessRole.SUPERVISOR,), systems=(Service.SCOPE_GUARD,)),
    "/nobody": allow(),
    "/careless": allow(*AccessRole),
}


@pytest.fixture
async def client(verifier: TokenVerifier) -> AsyncIterator[httpx2.AsyncClient]:
    app = FastAPI()
    install_problem_handlers(app)
    app.state.token_verifier = verifier
    for path, policy in POLICIES.items():
        app.get(path)(_route_for(policy))
    app.get("/open", dependencies=[Depends(open_to_all())])(_nothing)
    app.get("/sign-in", dependencies=[Depends(credentials_in_body())])(_nothing)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://test") as client:
        yield client


def _route_for(policy: Any) -> Callable[..., Any]:
    async def route(claims: TokenClaims = Depends(policy)) -> str:
        return claims.sub

    return route


async def _nothing() -> None:
    return None


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize(
    ("who", "let_in"),
    [
        ("peer", {"/peers", "/people", "/careless"}),
        ("supervisor", {"/people", "/both", "/careless"}),
        ("administrator", {"/people", "/careless"}),
        ("scope_guard", {"/guard", "/both"}),
        ("notifications", set()),
    ],
)
async def test_a_route_lets_in_whom_it_names(
    client: httpx2.AsyncClient, token_for: TokenFor, system_token_for: TokenFor, who: str, let_in: set[str]
) -> None:
    if who in set(Service):
        token = system_token_for(Service(who), audience=Service.REFERRALS)
    else:
        token = token_for(AccessRole(who), tenant_id=TENANT)
    answers = {path: await client.get(path, headers=bearer(token)) for path in POLICIES}
    assert {path for path, answer in answers.items() if answer.status_code == 200} == let_in
    for path in set(POLICIES) - let_in:
        assert (answers[path].status_code, answers[path].json()["code"]) == (403, "not_permitted")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic abc", "bearer", "abc"])
async def test_without_a_token_the_answer_is_401(client: httpx2.AsyncClient, header: str) -> None:
    answer = await client.get("/peers", headers={"Authorization": header})
    assert (answer.status_code, answer.json()["code"]) == (401, "token_missing")
    assert answer.headers["www-authenticate"].startswith("Bearer ")
    assert (await client.get("/peers")).status_code == 401


async def test_a_bad_token_is_401_with_its_reason_and_not_itself(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/peers", headers=bearer("secret.secret.secret"))
    assert (answer.status_code, answer.json()["code"]) == (401, "token_malformed")
    assert "secret" not in answer.text + str(answer.headers)


async def test_open_routes_ask_nobody(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/open")).status_code == 200
    assert (await client.get("/sign-in")).status_code == 200


def test_policies_are_found_on_a_route() -> None:
    app = FastAPI(dependencies=[Depends(allow(AccessRole.PEER))])
    app.get("/a")(_nothing)
    app.get("/b", dependencies=[Depends(open_to_all())])(_nothing)
    stated = {route.path: policies_of(route) for route in app.routes if isinstance(route, APIRoute)}
    assert [policy.roles for policy in stated["/a"]] == [{AccessRole.PEER}]
    assert len(stated["/b"]) == 2
