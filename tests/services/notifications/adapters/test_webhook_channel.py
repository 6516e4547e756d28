"""What the channel makes of other people's servers, and that it reaches none that it must not."""

import asyncio
import socket
from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from services.notifications.adapters.webhook_channel import HttpWebhookChannel, guarded_session
from services.notifications.domain.codes import DeliveryCode
from services.notifications.domain.outcomes import Delivered, Outcome, Rejected, RetryAfter
from services.notifications.use_cases.webhook_ports import WebhookMessage
from shared.clock import FixedClock
from tests.services.notifications.journeys import NOON


class Receiver:
    """Somebody's server; the path says how it answers."""

    def __init__(self) -> None:
        self.heard: list[web.BaseRequest] = []
        self.release = asyncio.Event()

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self.heard.append(request)
        match request.path:
            case "/endless":
                stream = web.StreamResponse()
                await stream.prepare(request)
                for _ in range(400):
                    await stream.write(b"x" * 1024)
                return stream
            case "/silent":
                await self.release.wait()
            case "/trickle":
                stream = web.StreamResponse()
                await stream.prepare(request)
                while not self.release.is_set():
                    await stream.write(b"x")
                    await asyncio.sleep(0.01)
                return stream
            case "/redirect":
                return web.Response(status=302, headers={"Location": "/ok"})
            case "/busy":
                return web.Response(status=429, headers={"Retry-After": "90"})
            case "/hang-up":
                assert request.transport is not None
                request.transport.abort()
            case path if path[1:].isdigit():
                return web.Response(status=int(path[1:]))
        return web.Response(text="thanks")


@pytest.fixture
async def receiver() -> AsyncIterator[tuple[Receiver, int]]:
    receiver = Receiver()
    runner = web.ServerRunner(web.Server(receiver.answer), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield receiver, runner.addresses[0][1]
    receiver.release.set()
    await runner.cleanup()


def channel(session: aiohttp.ClientSession, *, strict: bool) -> HttpWebhookChannel:
    return HttpWebhookChannel(session=session, timeout_seconds=0.4, strict=strict, clock=FixedClock(NOON))


def message(url: str) -> WebhookMessage:
    return WebhookMessage(url=url, body=b"{}", headers={"webhook-id": "msg_1"})


CASES: list[tuple[str, Outcome]] = [
    ("/ok", Delivered()),
    ("/204", Delivered()),
    ("/endless", Delivered()),
    ("/redirect", RetryAfter(DeliveryCode.REDIRECTED)),
    ("/busy", RetryAfter(DeliveryCode.TEMPORARILY_REFUSED, timedelta(seconds=90))),
    ("/410", Rejected(DeliveryCode.GONE)),
    ("/404", RetryAfter(DeliveryCode.NOT_TAKEN)),
    ("/500", RetryAfter(DeliveryCode.NOT_TAKEN)),
    ("/hang-up", RetryAfter(DeliveryCode.CONNECTION_FAILED)),
    ("/silent", RetryAfter(DeliveryCode.TIMED_OUT)),
    ("/trickle", RetryAfter(DeliveryCode.TIMED_OUT)),
]


@pytest.mark.parametrize(("path", "expected"), CASES, ids=[case[0][1:] for case in CASES])
async def test_told_apart(receiver: tuple[Receiver, int], path: str, expected: Outcome) -> None:
    server, port = receiver
    async with guarded_session(strict=False) as session:
        outcome = await channel(session, strict=False).send(message(f"http://127.0.0.1:{port}{path}"))
    assert outcome == expected
    assert [request.path for request in server.heard] == [path]  # no redirect was followed
    assert server.heard[0].headers["webhook-id"] == "msg_1"
    assert server.heard[0].headers["Content-Type"] == "application/json"


async def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        async with guarded_session(strict=False) as session:
            assert await channel(session, strict=False).send(message(url)) == RetryAfter(DeliveryCode.CONNECTION_FAILED)


class Names(AbstractResolver):
    """A name server of the test; a name with several answers gives them one after the other (rebinding)."""

    def __init__(self, *answers: list[str]) -> None:
        self._answers = list(answers)
        self.asked = 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked += 1
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return [ResolveResult(hostname=host, host=one, port=port, family=family, proto=0, flags=0) for one in answer]

    async def close(self) -> None:
        return None


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["10.0.0.1"],
        ["169.254.169.254"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["93.184.216.34", "127.0.0.1"],
        ["zebra"],
    ],
    ids=lambda found: found[-1],
)
async def test_a_name_that_leads_inside_is_not_followed(receiver: tuple[Receiver, int], addresses: list[str]) -> None:
    server, port = receiver
    async with guarded_session(strict=True, resolver=Names(addresses)) as session:
        outcome = await channel(session, strict=True).send(message(f"https://hooks.example:{port}/ok"))
    assert outcome == RetryAfter(DeliveryCode.ADDRESS_FORBIDDEN)
    assert server.heard == []


async def test_a_name_that_changes_its_mind_is_looked_at_each_time(receiver: tuple[Receiver, int]) -> None:
    """No answer is remembered from one call to the next, so there is nothing to rebind."""
    server, port = receiver
    names = Names(["192.0.2.1"], ["127.0.0.1"])
    async with guarded_session(strict=True, resolver=names) as session:
        for _ in range(2):
            outcome = await channel(session, strict=True).send(message(f"https://hooks.example:{port}/ok"))
            assert outcome == RetryAfter(DeliveryCode.ADDRESS_FORBIDDEN)
    assert (names.asked, server.heard) == (2, [])


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "localhost", "127.1", "2130706433"])
async def test_an_address_written_as_a_number_is_looked_at_too(receiver: tuple[Receiver, int], host: str) -> None:
    server, port = receiver
    async with guarded_session(strict=True) as session:
        outcome = await channel(session, strict=True).send(message(f"https://{host}:{port}/ok"))
    assert outcome == RetryAfter(DeliveryCode.ADDRESS_FORBIDDEN)
    assert server.heard == []
