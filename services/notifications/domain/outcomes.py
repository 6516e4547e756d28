"""What became of a message, in the words of the Channel port, and what that does to the delivery."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from services.notifications.domain.codes import Channel, DeliveryCode, DeliveryState, EndReason

FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(minutes=30)
LONGEST_DELAY = timedelta(hours=1)
"""However long the other side asks us to wait: what is to be told is about tonight."""
MAX_ATTEMPTS = 10
"""About an hour and a half with the pauses above; greylisting servers want a second try after 5 to 30 minutes."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """The next hop took responsibility for it (SMTP 250, HTTP 2xx), or the item is shown.

    `reference` is the provider's own name for it, where it gives one.
    """

    reference: str | None = None


@dataclass(frozen=True, slots=True)
class RetryAfter:
    """Not delivered as far as is known; worth another try. `OUTCOME_UNKNOWN`: it may have arrived all the same.

    `delay` is what the other side asked for (Retry-After), or what its kind is known to want; our own pause, if longer, holds.
    """

    code: DeliveryCode
    delay: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """It will never be taken (SMTP 5xx, an HTTP 4xx that speaks of the message)."""

    reason: DeliveryCode


Outcome = Delivered | RetryAfter | Rejected


@dataclass(frozen=True, slots=True)
class Settled:
    """The state a delivery moves to. `next_at` is set only for a retry.

    `message_id` names the message that told it, or may have: a repeat must be that same message. `channel` is the way taken.
    """

    state: DeliveryState
    code: str | None = None
    next_at: datetime | None = None
    attempted: bool = False
    message_id: UUID | None = None
    channel: Channel | None = None


def after(outcome: Outcome, *, attempts: int, now: datetime) -> Settled:
    """The state after one more attempt; `attempts` counts those before it."""
    if isinstance(outcome, Delivered):
        return Settled(DeliveryState.DELIVERED, attempted=True)
    if isinstance(outcome, Rejected):
        return Settled(DeliveryState.FAILED, outcome.reason, attempted=True)
    if attempts + 1 >= MAX_ATTEMPTS:
        return Settled(DeliveryState.FAILED, outcome.code, attempted=True)
    wait = max(pause(attempts), min(outcome.delay or timedelta(0), LONGEST_DELAY))
    return Settled(DeliveryState.RETRY, outcome.code, now + wait, attempted=True)


def reconsidered(
    settled: Settled, *, channel: Channel, end_reason: EndReason | None, worker_left: bool = False
) -> Settled:
    """What still holds if the telling ended while the delivery was under way: an item is not shown, no try follows.

    Nor is an item shown to somebody of whom we know that they left, whatever referrals says at that moment.
    An e-mail that went out, or failed, did so all the same and is recorded as that.
    """
    if end_reason is not None and (channel is Channel.INBOX or settled.state is DeliveryState.RETRY):
        return replace(settled, state=DeliveryState.CANCELLED, code=end_reason, next_at=None)
    if worker_left and channel is Channel.INBOX:
        return replace(settled, state=DeliveryState.SUPPRESSED, code=DeliveryCode.WORKER_LEFT, next_at=None)
    return settled


def pause(attempts: int) -> timedelta:
    """Doubling from 15 seconds, never longer than half an hour."""
    return min(FIRST_PAUSE * float(1 << min(attempts, 20)), LONGEST_PAUSE)
