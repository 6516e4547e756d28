"""However badly the other side behaves, the caller gets one of three plain failures, in time."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from pydantic import BaseModel

from shared.contracts.codes import Service
from shared.http_client import (
    MAX_ANSWER_BYTES,
    Breaker,
    ServiceCallFailed,
    ServiceClient,
    ServiceRefused,
    ServiceUnavailable,
    UnexpectedAnswer,
)
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


async def test_a_question_is_answered(client_for: MakeClient, serve: Serve) -> None:
    client = client_for(await serve(double) + "/")
    assert (await ask(client)).double == 42


async def test_a_refused_connection(client_for: MakeClient) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        client = client_for(f"http://127.0.0.1:{unused.getsockname()[1]}")
        assert await failure(client) == (ServiceUnavailable, "connection_failed")


async def hang(_: web.Request) -> web.Response:
    await asyncio.Event().wait()
    raise AssertionError("nobody ends this wait")


async def trickle(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"content-type": "application/json"})
    await answer.prepare(request)
    while True:
        await answer.write(b" ")
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("behaviour", [hang, trickle])
async def test_one_deadline_ends_every_wait(
    client_for: MakeClient, serve: Serve, behaviour: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> None:
    client = client_for(await serve(behaviour))
    async with asyncio.timeout(10):
        assert await failure(client, timeout_seconds=0.1) == (ServiceUnavailable, "timeout")


@pytest.mark.parametrize("status", [500, 502, 503, 599])
async def test_a_server_error(client_for: MakeClient, serve: Serve, status: int) -> None:
    async def fail(_: web.Request) -> web.Response:
        return web.Response(status=status, text='{"double": 42}')

    assert await failure(client_for(await serve(fail))) == (ServiceUnavailable, f"server_error_{status}")


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "<html>", '{"double": "many"}', '{"other": 1}', '{"double": 1', "\0", "9" * 5000]
)
async def test_a_200_that_is_not_what_was_promised(client_for: MakeClient, serve: Serve, text: str) -> None:
    async def garbage(_: web.Request) -> web.Response:
        return web.Response(text=text, content_type="application/json")

    assert await failure(client_for(await serve(garbage))) == (UnexpectedAnswer, "answer_malformed")


async def test_bytes_that_are_not_even_http(client_for: MakeClient) -> None:
    async def babble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\x16\x03\x01 not http at all\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(babble, "127.0.0.1", 0) as server:
        client = client_for(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        assert await failure(client) == (ServiceUnavailable, "connection_failed")


async def test_an_answer_cut_off_in_the_middle(client_for: MakeClient, serve: Serve) -> None:
    async def cut(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"content-length": "1000"})
        await answer.prepare(request)
        await answer.write(b'{"double": 42}')
        assert request.transport is not None
        request.transport.close()
        return answer

    assert await failure(client_for(await serve(cut))) == (ServiceUnavailable, "connection_failed")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 429])
async def test_a_refusal_carries_its_status_and_nothing_the_other_side_wrote(
    client_for: MakeClient, serve: Serve, status: int
) -> None:
    async def refuse(_: web.Request) -> web.Response:
        return web.json_response({"code": "Maria", "detail": "Maria"}, status=status)

    with pytest.raises(ServiceRefused) as refused:
        await ask(client_for(await serve(refuse)))
    assert (refused.value.status, refused.value.code) == (status, f"refused_{status}")
    assert "Maria" not in str(refused.value)


async def test_a_redirect_is_not_followed(client_for: MakeClient, serve: Serve) -> None:
    visited = []

    async def elsewhere(request: web.Request) -> web.Response:
        visited.append(request.path)
        return web.Response(status=307, headers={"Location": "/elsewhere"}, text='{"double": "nothing"}')

    assert await failure(client_for(await serve(elsewhere))) == (UnexpectedAnswer, "answer_malformed")
    assert visited == ["/double"]


async def test_a_huge_answer_is_not_read_to_its_end(client_for: MakeClient, serve: Serve) -> None:
    written = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal written
        answer = web.StreamResponse()
        await answer.prepare(request)
        while True:
            await answer.write(b" " * 65536)
            written += 65536

    assert await failure(client_for(await serve(endless)), timeout_seconds=30) == (
        ServiceUnavailable,
        "connection_failed",
    )
    assert written < 4 * MAX_ANSWER_BYTES


async def test_a_closed_session_is_no_surprise(serve: Serve, client_for: MakeClient, session: Any) -> None:
    client = client_for(await serve(double))
    await session.close()
    assert await failure(client) == (ServiceUnavailable, "session_closed")


class Switch:
    """A server that works or fails as it is told, and counts."""

    def __init__(self) -> None:
        self.works = False
        self.asked = 0

    async def answer(self, request: web.Request) -> web.Response:
        self.asked += 1
        return await double(request) if self.works else web.Response(status=503)


async def test_the_breaker_opens_asks_once_and_closes(
    client_for: MakeClient, serve: Serve, moving: MovableTime
) -> None:
    switch = Switch()
    client = client_for(await serve(switch.answer), breaker=Breaker(threshold=3, open_seconds=2.0))
    for _ in range(3):
        assert (await failure(client))[1] == "server_error_503"
    assert (await failure(client)) == (ServiceUnavailable, "breaker_open")
    assert switch.asked == 3

    moving.move(seconds=2.0)
    outcomes = [(await failure(client))[1] for _ in range(3)]
    assert outcomes == ["server_error_503", "breaker_open", "breaker_open"], "half open lets one question through"
    assert switch.asked == 4

    switch.works = True
    assert (await failure(client))[1] == "breaker_open"
    moving.move(seconds=2.0)
    assert [(await ask(client)).double for _ in range(5)] == [42] * 5


async def test_half_open_lets_only_one_of_many_through(
    client_for: MakeClient, serve: Serve, moving: MovableTime
) -> None:
    switch = Switch()
    client = client_for(await serve(switch.answer), breaker=Breaker(threshold=1))
    await failure(client)
    moving.move(seconds=2.0)
    codes = [code for _, code in await asyncio.gather(*(failure(client) for _ in range(10)))]
    assert sorted(codes) == ["breaker_open"] * 9 + ["server_error_503"]
    assert switch.asked == 2


async def test_a_refusal_and_a_success_both_close_the_count(client_for: MakeClient, serve: Serve) -> None:
    statuses = [503, 503, 404, 503, 503, 200, 503, 503]

    async def answer(request: web.Request) -> web.Response:
        status = statuses.pop(0)
        return await double(request) if status == 200 else web.Response(status=status)

    client = client_for(await serve(answer), breaker=Breaker(threshold=3))
    outcomes = await asyncio.gather(*(ask(client) for _ in statuses[:1]), return_exceptions=True)
    while statuses:
        outcomes += await asyncio.gather(ask(client), return_exceptions=True)
    assert "breaker_open" not in [str(outcome) for outcome in outcomes]
