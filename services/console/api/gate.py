"""The session gate: opens the cookie, renews what is nearly over, and lets a form in only from our own pages."""

import asyncio
import hashlib
import hmac
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from fastapi import Request

from services.console.domain.session import Session
from services.console.use_cases.ports import Identity, Refused, SealedSessions
from shared.contracts.codes import AccessRole

COOKIE = "__Host-handrail"
CSRF_FIELD = "csrf"
_REMEMBERED_SECONDS = 60.0
_REMEMBERED = 2000


class SignInNeeded(Exception):  # noqa: N818 - names what is the case
    """Nobody is signed in, or no longer."""


class NotForThisRole(Exception):  # noqa: N818 - names what is the case
    """Somebody is signed in whose role has no such page."""


class ForeignForm(Exception):  # noqa: N818 - names what is the case
    """The form does not come from a page that we made for this session."""


def cookie_header(value: str, *, keep: bool = True) -> str:
    """`Set-Cookie` for the session. Chromium, Firefox and Safari take `Secure` on loopback without TLS as well."""
    return f"{COOKIE}={value}; Path=/; Secure; HttpOnly; SameSite=Lax" + ("" if keep else "; Max-Age=0")


@dataclass(kw_only=True)
class Gate:
    """One per process. A renewal is asked for once per session, however many requests come with the old cookie."""

    cookies: SealedSessions
    identity: Identity
    _renewals: "OrderedDict[str, tuple[float, asyncio.Task[Session]]]" = field(default_factory=OrderedDict)

    async def __call__(self, request: Request, roles: frozenset[AccessRole]) -> Session:
        """Who is signed in. Raises SignInNeeded, NotForThisRole, ForeignForm."""
        if request.method != "GET":
            require_own_origin(request)
        session = await self.present(request)
        if session is None:
            raise SignInNeeded
        if request.method != "GET":
            await _require_csrf(request, session)
        if session.role not in roles:
            request.state.session = session
            raise NotForThisRole
        request.state.session = session
        return session

    async def present(self, request: Request) -> Session | None:
        """The session of the cookie, renewed where needed; nothing where there is none or it is over."""
        session = self.cookies.open(request.cookies.get(COOKIE))
        if session is None or not session.needs_refresh(now=time.time()):
            return session
        try:
            renewed = await asyncio.shield(self._renewal(session))
        except Refused:
            return None
        request.state.set_cookie = cookie_header(self.cookies.seal(renewed))
        return renewed

    def forget(self, session: Session) -> None:
        """After sign-out nothing of the session is kept here."""
        self._renewals.pop(_mark(session), None)

    def _renewal(self, session: Session) -> "asyncio.Task[Session]":
        """Requests with the same cookie share one answer: identity gives a used token's successor only for a few seconds."""
        mark = _mark(session)
        known = self._renewals.get(mark)
        if known is not None and known[0] > time.monotonic() and not _failed(known[1]):
            return known[1]
        while self._renewals and (len(self._renewals) > _REMEMBERED or _oldest(self._renewals) < time.monotonic()):
            self._renewals.popitem(last=False)
        task = asyncio.create_task(self.identity.refresh(session))
        self._renewals[mark] = (time.monotonic() + _REMEMBERED_SECONDS, task)
        return task


def require_own_origin(request: Request) -> None:
    """Browsers say where a form comes from. Raises ForeignForm unless that is us."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise ForeignForm
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise ForeignForm


async def _require_csrf(request: Request, session: Session) -> None:
    form = await request.form()
    given = form.get(CSRF_FIELD)
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), session.csrf.encode()):
        raise ForeignForm


def _mark(session: Session) -> str:
    return hashlib.sha256(session.refresh_token.encode()).hexdigest()


def _failed(task: "asyncio.Task[Session]") -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)


def _oldest(renewals: "OrderedDict[str, tuple[float, asyncio.Task[Session]]]") -> float:
    return next(iter(renewals.values()))[0]
