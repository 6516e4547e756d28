"""Services as each other's clients: who may speak to whom, and what a signed assertion has to say (RFC 7523)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from services.identity.domain.errors import AudienceRefused, ClientRefused
from shared.contracts.codes import Service

MAY_ASK_FOR: Mapping[Service, frozenset[Service]] = {
    # Asks for decisions, and relays its events.
    Service.REFERRALS: frozenset({Service.SCOPE_GUARD, Service.NOTIFICATIONS}),
    # Relays boundary events; it calls nobody else.
    Service.SCOPE_GUARD: frozenset({Service.NOTIFICATIONS}),
    # Asks who is still entitled, and relays what became of its deliveries.
    Service.NOTIFICATIONS: frozenset({Service.REFERRALS}),
    # Translates messages of other systems into commands, and previews decisions for them.
    Service.INTEROP: frozenset({Service.REFERRALS, Service.SCOPE_GUARD}),
}
"""A service that is not named here gets no system token: the console acts with the tokens of people."""

LONGEST_ASSERTION = timedelta(minutes=5)
CLOCK_LEEWAY = timedelta(seconds=30)
MAX_ASSERTION_ID_CHARACTERS = 128


@dataclass(frozen=True, kw_only=True, slots=True)
class SystemClient:
    """A service with the public key (PEM) its assertions are verified by."""

    service: Service
    public_key: str
    registered_at: datetime
    version: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class SpentAssertion:
    """An assertion that has been used: kept until it would have expired anyway."""

    service: Service
    digest: bytes
    expires_at: datetime


def check_audience(client: Service, audience: Service) -> None:
    """Raises AudienceRefused unless the table lets `client` speak to `audience`."""
    if audience not in MAY_ASK_FOR.get(client, frozenset()):
        raise AudienceRefused


def claimed_service(claims: Mapping[str, Any]) -> Service:
    """Who the assertion says it is from, before the signature is checked. Raises ClientRefused."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or subject not in set(Service) or claims.get("iss") != subject:
        raise ClientRefused("unknown_client")
    return Service(subject)


def check_assertion(claims: Mapping[str, Any], *, token_endpoint: str, at: datetime) -> SpentAssertion:
    """Hold verified claims against the rules; returns what has to be remembered. Raises ClientRefused."""
    service = claimed_service(claims)
    audience = claims.get("aud")
    if audience != token_endpoint and audience != [token_endpoint]:
        raise ClientRefused("assertion_audience")
    expires_at = _instant(claims.get("exp"))
    if expires_at is None or expires_at + CLOCK_LEEWAY <= at:
        raise ClientRefused("assertion_expired")
    if expires_at > at + LONGEST_ASSERTION + CLOCK_LEEWAY:
        raise ClientRefused("assertion_too_long")
    for claim in ("nbf", "iat"):
        if claim in claims:
            instant = _instant(claims[claim])
            if instant is None or instant > at + CLOCK_LEEWAY:
                raise ClientRefused("assertion_not_yet_valid")
    assertion_id = claims.get("jti")
    if not isinstance(assertion_id, str) or not 1 <= len(assertion_id) <= MAX_ASSERTION_ID_CHARACTERS:
        raise ClientRefused("assertion_without_id")
    # A lone surrogate is legal JSON; "surrogatepass" keeps it from becoming an error of ours.
    digest = hashlib.sha256(assertion_id.encode("utf-8", "surrogatepass")).digest()
    return SpentAssertion(service=service, digest=digest, expires_at=expires_at + CLOCK_LEEWAY)


def _instant(value: object) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, ValueError, OSError):
        return None
