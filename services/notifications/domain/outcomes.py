"""What became of a message, in the words of the Channel port, and what that does to the delivery."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.notifications.domain.codes import Channel, DeliveryCode, DeliveryState, EndReason

FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(minutes=30)
MAX_ATTEMPTS = 10
"""About two and a half hours with the pauses above; greylisting servers want a second try after 5 to 30 minutes."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """The next hop took responsibility for it (SMTP 250), or the item is shown."""


@dataclass(frozen=True, slots=True)
class RetryAfter:
    """Not delivered as far as is known; worth another try. `OUTCOME_UNKNOWN`: it may have arrived all the same."""

    code: DeliveryCode


@dataclass(frozen=True, slots=True)
class Rejected:
    """It will never be taken (SMTP 5xx)."""

    reason: DeliveryCode


Outcome = Delivered | RetryAfter | Rejected


@dataclass(frozen=True, slots=True)
class Settled:
    """The state a delivery moves to. `next_at` is set only for a retry."""

    state: DeliveryState
    code: str | None = None
    next_at: datetime | None = None
    attempted: bool = False


def after(outcome: Outcome, *, attempts: int, now: datetime) -> Settled:
    """The state after one more attempt; `attempts` counts those before it."""
    if isinstance(outcome, Delivered):
        return Settled(DeliveryState.DELIVERED, attempted=True)
    if isinstance(outcome, Rejected):
        return Settled(DeliveryState.FAILED, outcome.reason, attempted=True)
    if attempts + 1 >= MAX_ATTEMPTS:
        return Settled(DeliveryState.FAILED, outcome.code, attempted=True)
    return Settled(DeliveryState.RETRY, outcome.code, now + pause(attempts), attempted=True)


def reconsidered(settled: Settled, *, channel: Channel, end_reason: EndReason | None) -> Settled:
    """What still holds if the telling ended while the delivery was under way: an item is not shown, no try follows.

    An e-mail that went out, or failed, did so all the same and is recorded as that.
    """
    if end_reason is not None and (channel is Channel.INBOX or settled.state is DeliveryState.RETRY):
        return Settled(DeliveryState.CANCELLED, end_reason, attempted=settled.attempted)
    return settled


def pause(attempts: int) -> timedelta:
    """Doubling from 15 seconds, never longer than half an hour."""
    return min(FIRST_PAUSE * float(1 << min(attempts, 20)), LONGEST_PAUSE)
