"""When things happened: late entry is welcome, the future is not."""

from datetime import UTC, datetime

from services.referrals.domain.errors import InvalidField
from shared.clock import Clock, in_the_future

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)


def not_in_the_future(occurred_at: datetime | None, *, clock: Clock) -> datetime:
    """The caller's time of the fact, or now. Raises InvalidField beyond clock skew or before the year 2000."""
    if occurred_at is None:
        return clock.now()
    if occurred_at < EARLIEST:
        raise InvalidField("too_long_ago", pointer="/occurred_at")
    if in_the_future(occurred_at, clock=clock):
        raise InvalidField("in_the_future", pointer="/occurred_at")
    return occurred_at


def plausible(instant: datetime | None, *, pointer: str) -> datetime | None:
    """A planned time within this century, or None. Raises InvalidField for any other."""
    if instant is not None and not EARLIEST <= instant < LATEST:
        raise InvalidField("not_plausible", pointer=pointer)
    return instant
