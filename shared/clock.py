"""Aware UTC time through a port, so that no rule ever reads the machine's clock by itself."""

from datetime import UTC, datetime, timedelta
from typing import Protocol

MAX_CLOCK_SKEW = timedelta(minutes=2)
"""How far in the future a caller's `occurred_at` may lie before it is refused."""


class Clock(Protocol):
    """Anything that tells the time."""

    def now(self) -> datetime:
        """The current instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The current instant, aware, in UTC."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until it is moved; for tests and for replay."""

    def __init__(self, instant: datetime) -> None:
        self._instant = instant

    def now(self) -> datetime:
        """The instant it was last set to."""
        return self._instant

    def advance(self, by: timedelta) -> None:
        """Move forward (or back, with a negative amount)."""
        self._instant += by


def in_the_future(instant: datetime, *, clock: Clock) -> bool:
    """True when a caller's time lies further ahead than clocks may differ."""
    return instant > clock.now() + MAX_CLOCK_SKEW
