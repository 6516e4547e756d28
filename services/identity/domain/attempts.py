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
    """`free` attempts cost nothing; from then on the wait doubles from `first_wait` up to `longest_wait`.

    `one_fades_in`: how long until one attempt is forgotten while others go on; absent, only a long rest forgets.
    """

    free: int
    first_wait: timedelta
    longest_wait: timedelta
    one_fades_in: timedelta | None = None

    def wait_after(self, count: int) -> timedelta:
        """How long the next attempt has to wait after `count` of them."""
        if count < self.free:
            return timedelta(0)
        doublings = min(count - self.free, 16)
        return min(self.first_wait * (1 << doublings), self.longest_wait)


LIMITS = {
    AttemptKind.EMAIL: Limit(free=5, first_wait=timedelta(seconds=2), longest_wait=timedelta(minutes=5)),
    # A whole hospital may sit behind one address, so the address gives more room than a single e-mail. It is hardly
    # ever at rest for an hour either: without fading, the slips of many weeks would add up and keep everybody out.
    AttemptKind.ADDRESS: Limit(
        free=50,
        first_wait=timedelta(seconds=1),
        longest_wait=timedelta(minutes=15),
        one_fades_in=timedelta(minutes=2),
    ),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempts:
    """The count under one keyed digest (of an e-mail or an address; never the text itself).

    `last_at` is the time of the last attempt; for a count that fades, the time up to which it has faded.
    """

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
        left, since = self._left(at)
        wait = LIMITS[self.kind].wait_after(left + 1)
        return replace(self, count=left + 1, last_at=since, blocked_until=at + wait if wait else None)

    def _left(self, at: datetime) -> tuple[int, datetime]:
        """What is left of the count, and the time from which the rest fades."""
        one_fades_in = LIMITS[self.kind].one_fades_in
        if at - self.last_at >= FORGET_AFTER:
            return 0, at
        if one_fades_in is None:
            return self.count, at
        faded = max((at - self.last_at) // one_fades_in, 0)  # a clock set back forgets nothing
        return max(self.count - faded, 0), self.last_at + faded * one_fades_in

    def taken_back(self) -> "Attempts":
        """The attempt succeeded: an e-mail starts afresh, an address only loses this one (others may be guessing)."""
        count = 0 if self.kind is AttemptKind.EMAIL else max(self.count - 1, 0)
        return replace(self, count=count, blocked_until=None)
