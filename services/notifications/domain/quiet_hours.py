"""Quiet hours on the worker's own wall clock, right across daylight-saving changes.

It is quiet whenever the wall clock shows a time in the window. Where the clock is set over the end of the window,
quiet ends with that; where it shows an hour twice, both showings count.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_MINUTE, _HOUR, _HORIZON = timedelta(minutes=1), timedelta(hours=1), timedelta(days=3)


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
        # It stops being quiet where the wall clock reaches the end, or where it is set forward or back out of the window.
        moments = sorted([*self._ends_from(instant), *self._clock_changes_from(instant)])
        return next(moment for moment in moments if moment > instant and not self.covers(moment))

    def _ends_from(self, instant: datetime) -> Iterator[datetime]:
        today = instant.astimezone(self.zone).date()
        for days in range(_HORIZON.days + 1):
            for fold in (0, 1):
                wall = datetime.combine(today + timedelta(days=days), self.end, tzinfo=self.zone).replace(fold=fold)
                yield wall.astimezone(UTC)

    def _clock_changes_from(self, instant: datetime) -> Iterator[datetime]:
        start = instant.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        for hours in range(int(_HORIZON / _HOUR)):
            before, later = start + hours * _HOUR, start + (hours + 1) * _HOUR
            if self._offset(before) != self._offset(later):
                minutes = (before + number * _MINUTE for number in range(1, 61))
                yield next(minute for minute in minutes if self._offset(minute) != self._offset(before))

    def _offset(self, instant: datetime) -> timedelta | None:
        return instant.astimezone(self.zone).utcoffset()
