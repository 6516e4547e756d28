"""The gate before each provider: how many messages may pass, and whether it is worth knocking at all.

One row per provider that all workers share, so that a limit is a limit and an outage is noticed once. Opened and closed
with hysteresis: `TRIES_TO_OPEN` failures in a row open the breaker, `TRIES_TO_CLOSE` successes in a row close it again,
and each new opening lasts longer, so that a provider that flutters does not make our messages flutter with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from services.notifications.domain.codes import Channel, DeliveryCode
from services.notifications.domain.outcomes import Outcome, RetryAfter

TRIES_TO_OPEN = 5
TRIES_TO_CLOSE = 3
FIRST_REST = timedelta(seconds=30)
LONGEST_REST = timedelta(minutes=10)
PROBE_EVERY = timedelta(seconds=5)
"""While the breaker is half open, one message at a time finds out."""
BURST_MINUTES = 0.2
"""How much of a minute's allowance may go at once."""

_THEIR_FAULT = frozenset(
    {DeliveryCode.CONNECTION_FAILED, DeliveryCode.TIMED_OUT, DeliveryCode.OUTCOME_UNKNOWN, DeliveryCode.PROVIDER_DOWN,
     DeliveryCode.LOGIN_REFUSED, DeliveryCode.ANSWER_MALFORMED}
)  # fmt: skip
"""Failures that speak of the provider and not of one message."""


class GateState(StrEnum):
    """`closed` as of an electric circuit: messages flow."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """`tokens` are messages that may pass now; `open_until` is set while the breaker is not closed."""

    channel: Channel
    per_minute: int
    tokens: float
    refilled_at: datetime
    limited_until: datetime | None = None
    failures: int = 0
    successes: int = 0
    openings: int = 0
    open_until: datetime | None = None
    changed_at: datetime | None = None

    @classmethod
    def new(cls, channel: Channel, *, per_minute: int, now: datetime) -> "Gate":
        """A provider nobody has spoken to yet."""
        return cls(channel=channel, per_minute=per_minute, tokens=_most(per_minute), refilled_at=now)

    def state(self, now: datetime) -> GateState:
        """Where the breaker stands."""
        if self.open_until is None:
            return GateState.CLOSED
        return GateState.OPEN if now < self.open_until else GateState.HALF_OPEN


@dataclass(frozen=True, slots=True)
class Admitted:
    """A message may go by this channel now."""

    channel: Channel


@dataclass(frozen=True, slots=True)
class HeldBack:
    """No message may go now; ask again then. The code says why it waits."""

    again_at: datetime
    code: DeliveryCode


Admission = Admitted | HeldBack


def admit(
    gates: Mapping[Channel, Gate], *, wishes: Sequence[Sequence[Channel]], now: datetime
) -> tuple[dict[Channel, Gate], list[Admission]]:
    """For each message the first wished channel whose provider is not down. A limit is waited for; only an outage is gone round."""
    changed, admissions = dict(gates), list[Admission]()
    for wish in wishes:
        channel = next((one for one in wish if changed[one].state(now) is not GateState.OPEN), None)
        if channel is None:
            soonest = min(changed[one].open_until or now for one in wish)
            admissions.append(HeldBack(soonest, DeliveryCode.PROVIDER_DOWN))
        else:
            changed[channel], admission = _admit_one(changed[channel], now=now)
            admissions.append(admission)
    return changed, admissions


def _admit_one(gate: Gate, *, now: datetime) -> tuple[Gate, Admission]:
    if gate.limited_until is not None and now < gate.limited_until:
        return gate, HeldBack(gate.limited_until, DeliveryCode.RATE_LIMITED)
    gate = _refilled(gate, now=now)
    if gate.tokens < 1:
        missing = (1 - gate.tokens) / gate.per_minute
        return gate, HeldBack(now + missing * timedelta(minutes=1), DeliveryCode.RATE_LIMITED)
    # While the breaker is half open this one finds out, and whoever asks meanwhile still finds it open.
    probing = gate.state(now) is GateState.HALF_OPEN
    held_until = now + PROBE_EVERY if probing else gate.open_until
    return replace(gate, tokens=gate.tokens - 1, open_until=held_until), Admitted(gate.channel)


def heard(gate: Gate, *, outcomes: Sequence[Outcome], now: datetime) -> Gate:
    """What these outcomes, in order, teach about the provider. However many failed together, it is one opening."""
    before = gate.openings
    for outcome in outcomes:
        code = outcome.code if isinstance(outcome, RetryAfter) else None
        if code is DeliveryCode.RATE_LIMITED and isinstance(outcome, RetryAfter):
            until = now + (outcome.delay or timedelta(minutes=1))
            gate = replace(gate, tokens=0.0, refilled_at=now, limited_until=until)
        gate = _failed(gate, openings=before, now=now) if code in _THEIR_FAULT else _answered(gate, now=now)
    return gate


def _failed(gate: Gate, *, openings: int, now: datetime) -> Gate:
    """`openings`: how many there had been before these outcomes were heard."""
    gate = replace(gate, failures=gate.failures + 1, successes=0)
    if gate.open_until is None and gate.failures < TRIES_TO_OPEN:
        return gate
    rest = min(FIRST_REST * float(1 << min(openings, 10)), LONGEST_REST)
    changed_at = now if gate.open_until is None else gate.changed_at
    return replace(gate, openings=openings + 1, open_until=now + rest, changed_at=changed_at)


def _answered(gate: Gate, *, now: datetime) -> Gate:
    if gate.open_until is None:
        return replace(gate, failures=0, openings=0)
    successes = gate.successes + 1
    if successes < TRIES_TO_CLOSE:
        return replace(gate, successes=successes, open_until=now)
    return replace(gate, failures=0, successes=0, openings=0, open_until=None, changed_at=now)


def _refilled(gate: Gate, *, now: datetime) -> Gate:
    gained = max((now - gate.refilled_at) / timedelta(minutes=1), 0.0) * gate.per_minute
    return replace(gate, tokens=min(gate.tokens + gained, _most(gate.per_minute)), refilled_at=now)


def _most(per_minute: int) -> float:
    return max(per_minute * BURST_MINUTES, 1.0)
