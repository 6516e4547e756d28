"""Other systems that are told by webhook: what they may ask for, when they are called again, and when we stop calling."""

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit
from uuid import UUID

from services.notifications.domain.codes import DeliveryCode, DeliveryState
from services.notifications.domain.errors import EndpointInvalid
from services.notifications.domain.outcomes import Delivered, Outcome, Rejected, RetryAfter, Settled
from shared.contracts.events import EventType

TELLABLE = frozenset(
    one for one in EventType if one.partition(".")[0] in ("handoff", "transition", "task", "referral", "custody")
)
"""Facts about work. Facts about people (consent, merged identities), workers and the boundary stay in the house."""

PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
)
"""Between tries of one call: those that Standard Webhooks recommends, about three days in all."""

FORMER_SECRET_LASTS = timedelta(hours=24)
"""While a key is rotated both sign, so that the other side may change over when it likes."""

RESTS_AFTER, PAUSES_AFTER, PAUSES_FOR_LONGER_THAN = 5, 20, timedelta(hours=1)
_FIRST_REST, _LONGEST_REST = timedelta(seconds=10), timedelta(minutes=10)
_MAX_URL = 500
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.IGNORECASE)
"""As the last part of a host: then the whole is an IPv4 address, however it is written (WHATWG URL, "ends in a number")."""
_HOST = re.compile(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+", re.IGNORECASE)


class EndpointState(StrEnum):
    """`removed` is kept for its calls' sake, and never called again."""

    ACTIVE = "active"
    PAUSED = "paused"
    REMOVED = "removed"


class PauseCode(StrEnum):
    """Why nothing is sent to an endpoint."""

    BY_ADMINISTRATOR = "by_administrator"
    KEPT_FAILING = "kept_failing"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One address of one organisation's system. `failures` are in a row."""

    tenant_id: UUID
    endpoint_id: UUID
    organization_id: UUID
    url: str
    event_types: tuple[EventType, ...]
    version: int = 1
    state: EndpointState = EndpointState.ACTIVE
    pause_code: PauseCode | None = None
    generation: int = 1
    former_secret_until: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    busy_until: datetime | None = None
    contact_worker_id: UUID | None = None
    created_at: datetime
    changed_at: datetime

    def check(self, *, strict: bool) -> None:
        """Raise EndpointInvalid for what cannot be used. `strict`: https, and nothing inside our own walls."""
        if not usable_url(self.url, strict=strict):
            raise EndpointInvalid("url", "url_invalid")
        if not self.event_types or not set(self.event_types) <= TELLABLE:
            raise EndpointInvalid("event_types", "event_types_invalid")

    def generations(self, now: datetime) -> tuple[int, ...]:
        """Those that sign now, the present one first."""
        both = self.former_secret_until is not None and now < self.former_secret_until
        return (self.generation, self.generation - 1) if both else (self.generation,)

    def rotated(self, now: datetime) -> "Endpoint":
        """With a new secret; the one before signs for a while too."""
        return replace(self, generation=self.generation + 1, former_secret_until=now + FORMER_SECRET_LASTS)

    def paused(self, code: PauseCode) -> "Endpoint":
        """Nothing is sent, nothing new is planned."""
        return replace(self, state=EndpointState.PAUSED, pause_code=code)

    def resumed(self) -> "Endpoint":
        """As new: what failed before no longer counts."""
        return replace(
            self, state=EndpointState.ACTIVE, pause_code=None, failures=0, failing_since=None, busy_until=None
        )


def usable_url(url: str, *, strict: bool) -> bool:
    """Whether this may be called at all. Where its name leads is looked at for every call, not once."""
    if len(url) > _MAX_URL or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        return False
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname
    if parts.scheme not in ("https",) + (() if strict else ("http",)) or not host or port == 0:
        return False
    if parts.username is not None or parts.password is not None or parts.fragment:
        return False
    if not strict:
        return True
    try:
        return not is_forbidden(ipaddress.ip_address(host))
    except ValueError:
        return _HOST.fullmatch(host) is not None and _NUMBER.fullmatch(host.rpartition(".")[2]) is None


_NOT_PUBLIC = tuple(
    ipaddress.ip_network(network)
    for network in (
        *("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32"),
        *("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "fec0::/10", "3fff::/20"),
    )
)
"""What the standard library takes for public: protocol assignments (a metadata service lives there), the address at which one
large cloud answers its own machines, site-local addresses and those of documents, and ranges that lead on to an IPv4 address
within them (NAT64, 6to4 and its relays, Teredo), which could be any."""


def is_forbidden(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address is anything but a public one: loopback, private, link-local (metadata services), multicast, mapped."""
    if isinstance(address, ipaddress.IPv6Address) and (address.ipv4_mapped or address.scope_id is not None):
        return True
    if any(address in network for network in _NOT_PUBLIC if network.version == address.version):
        return True
    return not address.is_global or address.is_multicast or address.is_reserved or address.is_unspecified


def after_call(outcome: Outcome, *, attempts: int, now: datetime) -> Settled:
    """The state of a call after one more try; `attempts` counts those before it."""
    if isinstance(outcome, Delivered):
        return Settled(DeliveryState.DELIVERED, attempted=True)
    if isinstance(outcome, Rejected):
        return Settled(DeliveryState.FAILED, outcome.reason, attempted=True)
    if attempts >= len(PAUSES):
        return Settled(DeliveryState.FAILED, outcome.code, attempted=True)
    wait = max(PAUSES[attempts], min(outcome.delay or timedelta(0), PAUSES[-1]))
    return Settled(DeliveryState.RETRY, outcome.code, now + wait, attempted=True)


def after_calls(endpoint: Endpoint, *, outcomes: Sequence[Outcome], now: datetime) -> Endpoint:
    """What these outcomes mean for the endpoint: it rests after some failures, and is paused when it keeps failing."""
    if any(isinstance(one, Rejected) and one.reason is DeliveryCode.GONE for one in outcomes):
        return endpoint.paused(PauseCode.GONE)
    for outcome in outcomes:
        if isinstance(outcome, RetryAfter):
            endpoint = replace(endpoint, failures=endpoint.failures + 1, failing_since=endpoint.failing_since or now)
        else:
            endpoint = replace(endpoint, failures=0, failing_since=None)
    since = endpoint.failing_since
    if since is not None and endpoint.failures >= PAUSES_AFTER and now - since > PAUSES_FOR_LONGER_THAN:
        return endpoint.paused(PauseCode.KEPT_FAILING)
    if endpoint.failures < RESTS_AFTER:
        return replace(endpoint, busy_until=None)
    rest = min(_FIRST_REST * float(1 << min(endpoint.failures - RESTS_AFTER, 10)), _LONGEST_REST)
    return replace(endpoint, busy_until=now + rest)
