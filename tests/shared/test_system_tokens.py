"""A service asks identity for its tokens seldom, renews them in time, and asks no question without one."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from joserfc.jwk import RSAKey
from pydantic import BaseModel

from shared.contracts.codes import Service
from shared.http_client import (
    ServiceCallFailed,
    ServiceClient,
    ServiceRefused,
    ServiceUnavailable,
)
from shared.tokens import SystemTokenSource
from tests.shared.conftest import MovableTime, Serve


class Question(BaseModel):
    number: int


class Answer(BaseModel):
    double: int


MakeClient = Callable[..., ServiceClient]


@pytest.fixture
def client_for(session: aiohttp.ClientSession) -> MakeClient:
    def make(url: str, **options: Any) -> ServiceClient:
        defaults: dict[str, Any] = {"tokens": None, "timeout_seconds": 5.0}
        return ServiceClient(base_url=url, target=Service.SCOPE_GUARD, session=session, **defaults | options)

    return make


async def ask(client: ServiceClient, **options: Any) -> Answer:
    return await client.post("/double", Question(number=21), answer=Answer, **options)


async def failure(client: ServiceClient, **options: Any) -> tuple[type[ServiceCallFailed], str]:
    with pytest.raises(ServiceCallFailed) as failed:
        await ask(client, **options)
    return type(failed.value), failed.value.code


async def double(request: web.Request) -> web.Response:
    assert request.content_type == "application/json"
    return web.json_response({"double": 2 * (await request.json())["number"]})


class Identity:
    """Hands out numbered tokens."""

    def __init__(self) -> None:
        self.forms: list[dict[str, str]] = []
        self.answer_with: Callable[[], web.Response] | None = None

    async def answer(self, request: web.Request) -> web.Response:
        assert request.path == "/token"
        self.forms.append({key: str(value) for key, value in (await request.post()).items()})
        if self.answer_with is not None:
            return self.answer_with()
        return web.json_response(
            {"access_token": f"token-{len(self.forms)}", "token_type": "Bearer", "expires_in": 600}
        )


@pytest.fixture
def identity() -> Identity:
    return Identity()


@pytest.fixture
async def tokens(
    identity: Identity, serve: Serve, session: aiohttp.ClientSession, tmp_path: Path, signing_key: RSAKey
) -> SystemTokenSource:
    file = tmp_path / "client.pem"
    file.write_bytes(signing_key.as_pem(private=True))
    return SystemTokenSource(
        identity_url=await serve(identity.answer),
        issuer="http://identity.test",
        client=Service.REFERRALS,
        private_key_file=file,
        session=session,
    )


class Door:
    """Accepts only the tokens it is told to."""

    def __init__(self, *accepted: str) -> None:
        self.accepted = accepted
        self.seen: list[str] = []

    async def answer(self, request: web.Request) -> web.Response:
        token = request.headers["Authorization"].removeprefix("Bearer ")
        self.seen.append(token)
        return await double(request) if token in self.accepted else web.Response(status=401)


async def test_a_token_is_asked_for_once_by_many_at_once(
    client_for: MakeClient, serve: Serve, tokens: SystemTokenSource, identity: Identity
) -> None:
    client = client_for(await serve(Door("token-1").answer), tokens=tokens)
    assert [answer.double for answer in await asyncio.gather(*(ask(client) for _ in range(10)))] == [42] * 10
    assert len(identity.forms) == 1
    assert identity.forms[0]["audience"] == "scope_guard"
    assert identity.forms[0]["grant_type"] == "client_credentials"


async def test_a_401_forgets_the_token(
    client_for: MakeClient, serve: Serve, tokens: SystemTokenSource, identity: Identity
) -> None:
    door = Door("token-2")
    client = client_for(await serve(door.answer), tokens=tokens)
    assert await failure(client) == (ServiceRefused, "refused_401")
    assert (await ask(client)).double == 42
    assert door.seen == ["token-1", "token-2"]


async def test_a_token_is_renewed_a_minute_before_it_ends(tokens: SystemTokenSource, moving: MovableTime) -> None:
    assert await tokens.token_for(Service.SCOPE_GUARD) == "token-1"
    moving.move(seconds=539)
    assert await tokens.token_for(Service.SCOPE_GUARD) == "token-1"
    moving.move(seconds=2)
    assert await tokens.token_for(Service.SCOPE_GUARD) == "token-2"


@pytest.mark.parametrize(
    "answer",
    [
        lambda: web.Response(status=500),
        lambda: web.Response(status=401),
        lambda: web.Response(text="<html>"),
        lambda: web.json_response({"access_token": "x"}),
        lambda: web.Response(status=307, headers={"Location": "/elsewhere"}),
        lambda: web.json_response({"access_token": "split\r\nX-Header: 1", "expires_in": 600}),
    ],
)
async def test_without_a_token_no_question_is_asked(
    client_for: MakeClient,
    serve: Serve,
    tokens: SystemTokenSource,
    identity: Identity,
    answer: Callable[[], web.Response],
) -> None:
    door = Door("token-2")
    client = client_for(await serve(door.answer), tokens=tokens)
    identity.answer_with = answer
    assert await failure(client) == (ServiceUnavailable, "connection_failed")
    assert door.seen == []
