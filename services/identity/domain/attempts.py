"""How attempts to sign in slow down: a few are free, then every further one doubles the wait.

An attempt is counted before the password is looked at, so that a burst of parallel guesses gains nothing;
a success takes its own count back.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

FORGET_AFTER = timedelta(hours=1)
"""A count this long without an attempt starts from nothing."""


class AttemptKind(StrEnum):
    """What attempts are counted by."""

    EMAIL = "email"
    ADDRESS = "address"


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """`free` attempts cost nothing; from then on the wait doubles from `first_wait` up to `longest_wait`."""

    free: int
    first_wait: timedelta
    longest_wait: timedelta

    def wait_after(self, count: int) -> timedelta:
        """How long the next attempt has to wait after `count` of them."""
        if count < self.free:
            return timedelta(0)
        doublings = min(count - self.free, 16)
        return min(self.first_wait * (1 << doublings), self.longest_wait)


LIMITS = {
    AttemptKind.EMAIL: Limit(free=5, first_wait=timedelta(seconds=2), longest_wait=timedelta(minutes=5)),
    # A whole hospital may sit behind one address, so the address gives more room than a single e-mail.
    AttemptKind.ADDRESS: Limit(free=50, first_wait=timedelta(seconds=1), longest_wait=timedelta(minutes=15)),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempts:
    """The count under one keyed digest (of an e-mail or an address; never the text itself)."""

    kind: AttemptKind
    digest: bytes
    count: int
    last_at: datetime
    blocked_until: datetime | None = None

    def wait_at(self, now: datetime) -> timedelta:
        """What is left of the wait; zero when the next attempt may be looked at."""
        if self.blocked_until is None:
            return timedelta(0)
        return max(self.blocked_until - now, timedelta(0))

    def counted(self, *, at: datetime) -> "Attempts":
        """One attempt more, with the wait it brings."""
        count = 1 if at - self.last_at >= FORGET_AFTER else self.count + 1
        wait = LIMITS[self.kind].wait_after(count)
        return replace(self, count=count, last_at=at, blocked_until=at + wait if wait else None)

    def taken_back(self) -> "Attempts":
        """The attempt succeeded: an e-mail starts afresh, an address only loses this one (others may be guessing)."""
        count = 0 if self.kind is AttemptKind.EMAIL else max(self.count - 1, 0)
        return replace(self, count=count, blocked_until=None)
