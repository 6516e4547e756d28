"""Who is asking: RS256 access tokens verified against identity's JWKS, and the policy that every route states.

A route declares exactly one of `allow`, `allow_system`, `allow_any`, `allow_session`, `allow_inside`, `open_to_all`,
`credentials_in_body`; a test walks all routes of all services and fails on one that does not.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

import aiohttp
from fastapi import Depends, Request
from fastapi.routing import APIRoute
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import ValidationError

from shared.contracts.codes import AccessRole, Service
from shared.contracts.tokens import PEOPLE_AUDIENCE, TokenClaims
from shared.problems import Problem
from shared.system_tokens import ALGORITHM, ASSERTION_TYPE, SystemTokenSource, client_assertion

__all__ = [
    "ALGORITHM",
    "ASSERTION_TYPE",
    "CLOCK_LEEWAY_SECONDS",
    "OPEN_TO_ALL",
    "PEOPLE",
    "AccessPolicy",
    "KeySource",
    "SessionGate",
    "SystemTokenSource",
    "TokenInvalid",
    "TokenVerifier",
    "allow",
    "allow_any",
    "allow_inside",
    "allow_session",
    "allow_system",
    "client_assertion",
    "credentials_in_body",
    "jwks_over_http",
    "open_to_all",
    "policies_of",
]

CLOCK_LEEWAY_SECONDS = 30
_CACHED_VERDICTS = 10_000
_REFETCH_SECONDS = 5.0
_RETRY_SECONDS = 1.0

PEOPLE = tuple(role for role in AccessRole if role is not AccessRole.SYSTEM)

KeySource = Callable[[], Awaitable[dict[str, Any]]]
"""Fetches a JWKS document."""


class TokenInvalid(Exception):  # noqa: N818 - names a fact about the token
    """The token is not one to be trusted; `code` says why, for logs and the WWW-Authenticate header."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def jwks_over_http(url: str, *, session: aiohttp.ClientSession) -> KeySource:
    """A key source that asks identity."""

    async def fetch() -> dict[str, Any]:
        async with session.get(url, timeout=aiohttp.ClientTimeout(total=3), allow_redirects=False) as answer:
            answer.raise_for_status()
            document: dict[str, Any] = await answer.json()
            return document

    return fetch


class TokenVerifier:
    """Verifies tokens meant for people (`aud` = handrail) or for this very service (system clients)."""

    def __init__(self, *, audience: Service, issuer: str, keys: KeySource) -> None:
        self._audience = audience
        self._issuer = issuer
        self._keys = keys
        self._key_set: KeySet | None = None
        self._known_ids: frozenset[str] = frozenset()
        self._fetched_at = float("-inf")
        self._failed_at = float("-inf")
        self._fetching = asyncio.Lock()
        # Verifying costs about a tenth of a millisecond: a token seen before is trusted until it expires.
        self._verdicts: OrderedDict[str, TokenClaims] = OrderedDict()

    async def verify(self, token: str) -> TokenClaims:
        """The claims. Raises TokenInvalid; never trusts a token it could not check."""
        known = self._verdicts.get(token)
        if known is not None:
            if known.exp + CLOCK_LEEWAY_SECONDS > time.time():
                return known
            del self._verdicts[token]
            raise TokenInvalid("token_expired")
        claims = self._checked(await self._decoded(token))
        self._verdicts[token] = claims
        if len(self._verdicts) > _CACHED_VERDICTS:
            self._verdicts.popitem(last=False)
        return claims

    async def _decoded(self, token: str) -> dict[str, Any]:
        key_id = _key_id(token)
        await self._refresh(unless_known=key_id)
        if self._key_set is None or key_id not in self._known_ids:
            raise TokenInvalid("key_unknown")
        try:
            return dict(jwt.decode(token, self._key_set, algorithms=[ALGORITHM]).claims)
        except (JoseError, ValueError, RecursionError) as error:
            raise TokenInvalid("signature_invalid") from error

    async def _refresh(self, *, unless_known: str) -> None:
        if unless_known in self._known_ids:
            return
        async with self._fetching:
            if unless_known in self._known_ids or time.monotonic() - self._fetched_at < _REFETCH_SECONDS:
                return
            if time.monotonic() - self._failed_at < _RETRY_SECONDS:
                # Everybody who waited for the same failed attempt: one by one they would wait for hours.
                raise TokenInvalid("keys_unreachable")
            try:
                document = await self._keys()
                key_set = KeySet.import_key_set(document)  # type: ignore[arg-type]
            except (aiohttp.ClientError, TimeoutError, OSError, JoseError, ValueError, KeyError, TypeError) as error:
                self._failed_at = time.monotonic()
                raise TokenInvalid("keys_unreachable") from error
            self._key_set = key_set
            self._known_ids = frozenset(str(key.kid) for key in key_set.keys)
            self._fetched_at = time.monotonic()

    def _checked(self, raw: dict[str, Any]) -> TokenClaims:
        try:
            claims = TokenClaims.model_validate(raw)
        except ValidationError as error:
            raise TokenInvalid("claims_malformed") from error
        now = time.time()
        if claims.exp + CLOCK_LEEWAY_SECONDS <= now:
            raise TokenInvalid("token_expired")
        if claims.iat - CLOCK_LEEWAY_SECONDS > now:
            raise TokenInvalid("token_from_the_future")
        if claims.iss != self._issuer:
            raise TokenInvalid("issuer_unknown")
        if claims.access_role is AccessRole.SYSTEM:
            if claims.aud != self._audience.value or claims.client_id is None:
                raise TokenInvalid("audience_wrong")
        elif claims.aud != PEOPLE_AUDIENCE or claims.tenant_id is None:
            raise TokenInvalid("audience_wrong")
        return claims


def _key_id(token: str) -> str:
    """The `kid` of a compact RS256 token; anything else is refused before any key is touched."""
    try:
        header = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError, RecursionError) as error:
        raise TokenInvalid("token_malformed") from error
    if header.get("alg") != ALGORITHM or not isinstance(header.get("kid"), str):
        raise TokenInvalid("algorithm_refused")
    return str(header["kid"])


@dataclass(frozen=True, kw_only=True)
class AccessPolicy:
    """Who may call a route. `credentials` means that the body itself carries what proves the caller."""

    roles: frozenset[AccessRole] = frozenset()
    systems: frozenset[Service] = frozenset()
    is_open: bool = False
    credentials: bool = False
    by_cookie: bool = False
    inside: bool = False


SessionGate = Callable[[Request, frozenset[AccessRole]], Awaitable[Any]]
"""Opens a page's cookie and yields who is signed in, or raises what leads to the sign-in page (`app.state.session_gate`)."""


class _Guard:
    """A FastAPI dependency that enforces an AccessPolicy and yields the caller's claims."""

    def __init__(self, policy: AccessPolicy) -> None:
        self.access_policy = policy

    async def __call__(self, request: Request) -> TokenClaims:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise _unauthorised("token_missing")
        verifier: TokenVerifier = request.app.state.token_verifier
        try:
            claims = await verifier.verify(token.strip())
        except TokenInvalid as error:
            raise _unauthorised(error.code) from None
        if not self._permits(claims):
            raise Problem(403, "not_permitted", "Your role may not do this here")
        return claims

    def _permits(self, claims: TokenClaims) -> bool:
        if claims.access_role is AccessRole.SYSTEM:
            return claims.client_id in {system.value for system in self.access_policy.systems}
        return claims.access_role in self.access_policy.roles


class _SessionGuard:
    """A FastAPI dependency for pages: asks the application's session gate and yields what it found."""

    def __init__(self, policy: AccessPolicy) -> None:
        self.access_policy = policy

    async def __call__(self, request: Request) -> Any:
        gate: SessionGate = request.app.state.session_gate
        return await gate(request, self.access_policy.roles)


class _Open:
    """A dependency that states openness, so that it is a decision and not an omission."""

    def __init__(self, policy: AccessPolicy) -> None:
        self.access_policy = policy

    async def __call__(self) -> None:
        return None


class _Inside:
    """A dependency that lets in whoever asks from this machine or network, and nobody whom a proxy brings."""

    def __init__(self, *, only_loopback: bool) -> None:
        self.access_policy = AccessPolicy(inside=True)
        self._only_loopback = only_loopback

    async def __call__(self, request: Request) -> None:
        address = ip_address(request.client.host) if request.client else None
        near = address is not None and (address.is_loopback or (address.is_private and not self._only_loopback))
        if not near or any(name in request.headers for name in _BROUGHT_BY_A_PROXY):
            raise Problem(403, "inside_only", "This is only for whoever looks after the system")


_BROUGHT_BY_A_PROXY = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


def _unauthorised(code: str) -> Problem:
    challenge = f'Bearer error="invalid_token", error_description="{code}"'
    return Problem(401, code, "Sign in again", headers={"WWW-Authenticate": challenge})


def allow(*roles: AccessRole) -> Callable[..., Awaitable[TokenClaims]]:
    """People with one of these access roles (`tenant_id` is always present)."""
    return _Guard(AccessPolicy(roles=frozenset(roles)))


def allow_system(*systems: Service) -> Callable[..., Awaitable[TokenClaims]]:
    """System clients only."""
    return _Guard(AccessPolicy(systems=frozenset(systems)))


def allow_any(
    *, roles: Iterable[AccessRole] = (), systems: Iterable[Service] = ()
) -> Callable[..., Awaitable[TokenClaims]]:
    """People with one of `roles`, or one of `systems`."""
    return _Guard(AccessPolicy(roles=frozenset(roles), systems=frozenset(systems)))


def allow_session(*roles: AccessRole) -> Callable[..., Awaitable[Any]]:
    """Pages: people with one of these access roles, known by their session cookie."""
    return _SessionGuard(AccessPolicy(roles=frozenset(roles), by_cookie=True))


def open_to_all() -> Callable[..., Awaitable[None]]:
    """Health and JWKS only."""
    return _Open(AccessPolicy(is_open=True))


def credentials_in_body() -> Callable[..., Awaitable[None]]:
    """Sign-in and token routes: the body proves who is asking."""
    return _Open(AccessPolicy(credentials=True))


def allow_inside(*, only_loopback: bool) -> Any:
    """Metrics only: whoever asks from this machine, or (unless `only_loopback`) from the private network it is in."""
    return Depends(_Inside(only_loopback=only_loopback))


def policies_of(route: APIRoute) -> list[AccessPolicy]:
    """Every access policy that a route states (there must be exactly one)."""
    calls = [dependency.call for dependency in route.dependant.dependencies]
    return [call.access_policy for call in calls if isinstance(call, _Guard | _SessionGuard | _Open | _Inside)]


OPEN_TO_ALL = Depends(open_to_all())
