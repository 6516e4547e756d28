"""Whose address the console tells identity, with and without a reverse proxy before it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import aiohttp
import httpx2
import pytest
from aiohttp import web
from pydantic import ValidationError

from services.console.adapters.neighbour import Neighbour
from services.console.adapters.others import IdentityOverHttp
from services.console.main import create_app, install
from services.console.settings import ConsoleSettings
from services.console.use_cases.ports import Refused
from shared.contracts.codes import Service
from shared.settings import Profile
from shared.tokens import TokenVerifier
from shared.visitor_address import VISITOR_ADDRESS, VisitorSeal
from tests.services.console.conftest import KEY, House
from tests.services.console.fakes import PASSWORD

FORM = {"email": "fay@clinic.example", "password": PASSWORD}
PROXY, VISITOR = "198.51.100.4", "203.0.113.7"


async def seen_from(house: House, *, trusted: str, connection: str, forwarded: str) -> str | None:
    """The address that identity is told of a visitor."""
    app = create_app(ConsoleSettings(cookie_key=KEY, profile=Profile.DEMO, trusted_proxies=trusted))
    install(app, house.app.state.parts)
    transport = httpx2.ASGITransport(app=app, client=(connection, 50000))
    async with httpx2.AsyncClient(transport=transport, base_url="http://console.test") as browser:
        await browser.post("/sign-in", data=FORM, headers={"X-Forwarded-For": forwarded})
    return house.identity.addresses[-1]


@pytest.mark.parametrize(
    ("trusted", "connection", "forwarded", "expected"),
    [
        ("", VISITOR, "192.0.2.1", VISITOR),
        ("", "127.0.0.1", "192.0.2.1", "127.0.0.1"),
        (PROXY, PROXY, VISITOR, VISITOR),
        (PROXY, PROXY, f"192.0.2.1, {VISITOR}", VISITOR),
        ("198.51.100.0/24, 2001:db8::1", PROXY, VISITOR, VISITOR),
        (PROXY, VISITOR, "192.0.2.1", VISITOR),
    ],
    ids=["no proxy", "this machine", "behind it", "what the visitor wrote", "a network", "past the proxy"],
)
async def test_only_a_named_proxy_is_believed(
    house: House, trusted: str, connection: str, forwarded: str, expected: str
) -> None:
    assert await seen_from(house, trusted=trusted, connection=connection, forwarded=forwarded) == expected


@pytest.mark.parametrize("text", ["*", "proxy.example", "10.0.0.0/99"])
def test_proxies_are_addresses(text: str) -> None:
    with pytest.raises(ValidationError):
        ConsoleSettings(cookie_key=KEY, trusted_proxies=text)


@pytest.mark.parametrize(
    ("seal", "address", "opened"),
    [
        (VisitorSeal(KEY), VISITOR, VISITOR),
        (VisitorSeal(KEY), "a socket", None),
        (VisitorSeal(KEY), None, None),
        (None, VISITOR, None),
    ],
)
async def test_identity_gets_the_address_under_seal(
    seal: VisitorSeal | None, address: str | None, opened: str | None
) -> None:
    heard: list[Mapping[str, str]] = []

    async def sign_in(request: web.Request) -> web.Response:
        heard.append(request.headers)
        return web.json_response({"code": "sign_in_refused"}, status=401)

    async def no_keys() -> dict[str, Any]:
        return {"keys": []}

    app = web.Application()
    app.router.add_post("/sign-in", sign_in)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        async with aiohttp.ClientSession() as session:
            identity = IdentityOverHttp(
                neighbour=Neighbour(
                    service=Service.IDENTITY,
                    base_url=f"http://127.0.0.1:{runner.addresses[0][1]}",
                    session=session,
                    timeout_seconds=5,
                ),
                verifier=TokenVerifier(audience=Service.CONSOLE, issuer="http://identity.test", keys=no_keys),
                seal=seal,
            )
            with pytest.raises(Refused):
                await identity.sign_in("fay@clinic.example", password=PASSWORD, address=address)
    finally:
        await runner.cleanup()
    told = heard[0].get(VISITOR_ADDRESS)
    assert (VisitorSeal(KEY).open(told, at=datetime.now(UTC)) if told else None) == opened
