"""The public APIs as a client sees them: sign in, ask, read the answer. Nothing here knows the services' insides."""

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp

from handrail.runtime.process_states import read_status
from handrail.runtime.state_folder import StateFolder
from shared.contracts.codes import Service

SERVICES = (Service.IDENTITY, Service.REFERRALS, Service.SCOPE_GUARD, Service.NOTIFICATIONS)


ADDRESSES_VARIABLE = "HANDRAIL_DEMO_ADDRESSES"


class NotRunning(RuntimeError):  # noqa: N818 - names what is the case
    """There is no running Handrail on this state folder."""


class UnexpectedAnswer(RuntimeError):  # noqa: N818 - names what is the case
    """A service answered something else than the demo can go on with; says which call, status and problem code."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Status, body and headers of one answer."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def etag(self) -> str:
        """The entity tag; what a later If-Match must name."""
        return self.headers["ETag"]


def addresses_of(state: StateFolder) -> dict[Service, str]:
    """The services' addresses: those given in the environment, else as the supervisor wrote them down. Raises NotRunning."""
    if given := os.environ.get(ADDRESSES_VARIABLE):
        return _given_addresses(given)
    status = read_status(state.status_file)
    if status is None:
        raise NotRunning(f"nothing runs on `{state.root}`: start it with `handrail up`")
    known = {one["name"]: one["address"] for one in status["processes"]}
    try:
        return {service: f"http://{known[f'{service.value}-api']}" for service in SERVICES}
    except KeyError as missing:
        raise NotRunning(f"{missing} does not run on `{state.root}`; see `handrail status`") from missing


def _given_addresses(words: str) -> dict[Service, str]:
    """`identity=http://… referrals=http://…`, one for each service of the demo."""
    given = dict(pair.partition("=")[::2] for pair in words.split())
    try:
        return {service: given[service.value].rstrip("/") for service in SERVICES}
    except KeyError as missing:
        raise NotRunning(f"{ADDRESSES_VARIABLE} has no address for {missing}") from missing


@dataclass(kw_only=True)
class Api:
    """All services, over one session. Use as an async context manager."""

    addresses: Mapping[Service, str]
    session: aiohttp.ClientSession = field(init=False)
    _visitors: dict[str, "Visitor"] = field(default_factory=dict)
    _entering: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def __aenter__(self) -> Self:
        self.session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.session.close()

    async def sign_in(self, email: str, password: str) -> "Visitor":
        """A signed-in visitor; the same one again for the same e-mail."""
        async with self._entering:
            if email not in self._visitors:
                visitor = Visitor(api=self, email=email, password=password)
                await visitor.enter()
                self._visitors[email] = visitor
            return self._visitors[email]

    async def call(
        self, service: Service, method: str, path: str, *, headers: Mapping[str, str], body: Any = None
    ) -> Answer:
        """One exchange, whatever the status."""
        url = self.addresses[service] + path
        async with self.session.request(method, url, json=body, headers=headers) as response:
            content = await response.read()
            parsed = await response.json(content_type=None) if content else None
            return Answer(status=response.status, body=parsed, headers=response.headers)


@dataclass(kw_only=True)
class Visitor:
    """Somebody with an account. Signs in again when the access token has run out."""

    api: Api
    email: str
    password: str
    _token: str = ""
    _entering: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def enter(self) -> None:
        """Sign in. Raises UnexpectedAnswer when identity says no."""
        credentials = {"email": self.email, "password": self.password}
        answer = await self.api.call(Service.IDENTITY, "POST", "/sign-in", headers={}, body=credentials)
        _expect(answer, {200}, "POST /sign-in")
        self._token = answer.body["access_token"]

    async def ask(
        self,
        service: Service,
        method: str,
        path: str,
        *,
        body: Any = None,
        expect: set[int] | None = None,
        if_match: str | None = None,
        key: str | None = None,
    ) -> Answer:
        """One request in this visitor's name. Raises UnexpectedAnswer unless the status is expected (any 2xx by default)."""
        token = self._token
        answer = await self._once(service, method, path, body=body, if_match=if_match, key=key)
        if answer.status == 401:
            async with self._entering:  # many requests may find out together: one of them signs in for all
                if self._token == token:
                    await self.enter()
            answer = await self._once(service, method, path, body=body, if_match=if_match, key=key)
        _expect(answer, expect or {200, 201, 202, 204}, f"{method} {_template(path)}")
        return answer

    async def _once(
        self, service: Service, method: str, path: str, *, body: Any, if_match: str | None, key: str | None
    ) -> Answer:
        headers = {"Authorization": f"Bearer {self._token}"}
        if if_match is not None:
            headers["If-Match"] = if_match
        if key is not None:
            headers["Idempotency-Key"] = key
        return await self.api.call(service, method, path, headers=headers, body=body)

    async def get(self, service: Service, path: str) -> Answer:
        """Read something."""
        return await self.ask(service, "GET", path)

    async def every(self, service: Service, path: str, *, most: int = 1000) -> list[dict[str, Any]]:
        """All items of a list, page by page, `most` at the most."""
        found: list[dict[str, Any]] = []
        cursor = ""
        while len(found) < most:
            joint = "&" if "?" in path else "?"
            page = (await self.get(service, f"{path}{joint}limit=100{cursor}")).body
            found += page["items"]
            if not page.get("next_cursor"):
                break
            cursor = f"&cursor={page['next_cursor']}"
        return found


def mail_folder(state: StateFolder) -> Path:
    """Where the demo's SMTP server keeps what it received."""
    return state.mail


def _expect(answer: Answer, statuses: set[int], call: str) -> None:
    if answer.status not in statuses:
        code = answer.body.get("code") if isinstance(answer.body, dict) else None
        errors = answer.body.get("errors") if isinstance(answer.body, dict) else None
        raise UnexpectedAnswer(f"{call} answered {answer.status} {code or ''} {errors or ''}".rstrip())


def _template(path: str) -> str:
    """The path without ids and query, for messages."""
    parts = [("{id}" if len(part) == 36 else part) for part in path.partition("?")[0].split("/")]
    return "/".join(parts)
