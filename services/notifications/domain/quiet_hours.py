"""Quiet hours on the worker's own wall clock, right across daylight-saving changes.

It is quiet whenever the wall clock shows a time in the window. Where the clock skips the end of the window, quiet
ends with the skip; where the clock shows an hour twice, both showings count.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` until before `end`, local time to the minute; the window may pass midnight."""

    start: time
    end: time
    zone: ZoneInfo

    def __post_init__(self) -> None:
        if self.start == self.end:
            raise ValueError("quiet hours begin and end at different times")

    def covers(self, instant: datetime) -> bool:
        """Whether the worker's wall clock shows a quiet time at this instant."""
        wall = instant.astimezone(self.zone).time()
        if self.start < self.end:
            return self.start <= wall < self.end
        return wall >= self.start or wall < self.end

    def ends_after(self, instant: datetime) -> datetime:
        """The first instant (UTC) from `instant` on that is not quiet."""
        if not self.covers(instant):
            return instant
        today = instant.astimezone(self.zone).date()
        for day in (today, today + timedelta(days=1), today + timedelta(days=2)):
            for fold in (0, 1):
                wall = datetime.combine(day, self.end, tzinfo=self.zone).replace(fold=fold)
                candidate = wall.astimezone(UTC)
                if candidate <= instant or self.covers(candidate):
                    continue
                if candidate.astimezone(self.zone).time() == self.end:
                    return candidate
                return self._end_of_skip(instant, candidate)
        raise ValueError("quiet hours do not end within two days")

    def _end_of_skip(self, quiet: datetime, loud: datetime) -> datetime:
        # The wall clock never shows the end of the window: find the minute in which it jumps over it.
        low, high = quiet.replace(second=0, microsecond=0), loud
        while high - low > _MINUTE:
            middle = low + ((high - low) // 2 // _MINUTE) * _MINUTE
            if middle == low:
                middle = low + _MINUTE
            if self.covers(middle):
                low = middle
            else:
                high = middle
        return high
