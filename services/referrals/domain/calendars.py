"""When a programme is open: weekly hours and holidays in a time zone, as data. Business days are counted by it.

What a wall time means on the days when clocks are changed is decided in `local_times.py`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.referrals.domain.local_times import begins_at, end_of_day, ends_at, local_date

LONGEST_CLOSURE_DAYS = 400
"""A calendar that stays closed for longer than this is a mistake in its data."""


class CalendarInvalid(Exception):  # noqa: N818 - the data is invalid, not the program
    """A calendar cannot be used; the message says which and why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """Days from `first` to `last`, both included; absent means without end on that side."""

    first: date | None = None
    last: date | None = None

    def covers(self, day: date) -> bool:
        """Whether the day lies within."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenHours:
    """From `opens` to `closes` by the wall clock of one day; `closes` absent means midnight at the end of that day."""

    opens: time
    closes: time | None


@dataclass(frozen=True, kw_only=True, slots=True)
class WeeklyHours:
    """The hours of each weekday (Monday is 0) while `span` lasts; a weekday that is not named is closed."""

    span: Span
    days: Mapping[int, tuple[OpenHours, ...]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Holiday:
    """A closed day: once (`on`), every year on a day of `month` (`day`), or on its nth `weekday` (-1: the last).

    `span` are the days on which the rule itself is in force: holidays are made and given up by law.
    """

    name: str
    span: Span = Span()
    on: date | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    nth: int | None = None

    def falls_on(self, day: date) -> bool:
        """Whether this holiday is on that day."""
        if not self.span.covers(day):
            return False
        if self.on is not None:
            return day == self.on
        if day.month != self.month:
            return False
        if self.nth is None:
            return day.day == self.day
        return day.weekday() == self.weekday and self._place(day) == self.nth

    def _place(self, day: date) -> int:
        if self.nth == -1:
            return -1 if (day + timedelta(days=7)).month != day.month else 0
        return (day.day - 1) // 7 + 1


@dataclass(frozen=True, kw_only=True, slots=True)
class BusinessCalendar:
    """Open hours in `time_zone` (IANA). A business day is one on which it opens for at least an instant."""

    code: str
    time_zone: str
    weekly: tuple[WeeklyHours, ...]
    holidays: tuple[Holiday, ...] = ()
    _known: dict[date, tuple[tuple[datetime, datetime], ...]] = field(default_factory=dict, compare=False, repr=False)
    """Days that were looked at before: a request that counts business days would read the same few again and again."""

    def hours_on(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """The open spans (UTC, end not included) of a calendar day there, in order; none where it is closed."""
        if day not in self._known:
            self._known[day] = self._hours_on(day)
        return self._known[day]

    def _hours_on(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        if any(holiday.falls_on(day) for holiday in self.holidays):
            return ()
        hours = next((week.days.get(day.weekday(), ()) for week in self.weekly if week.span.covers(day)), ())
        spans = [(self._opening(day, one), self._closing(day, one)) for one in hours]
        return tuple((opens, closes) for opens, closes in spans if opens < closes)

    def is_business_day(self, day: date) -> bool:
        """Whether it opens on that day at all."""
        return bool(self.hours_on(day))

    def is_open(self, instant: datetime) -> bool:
        """Whether it is open at `instant` (aware); at the closing instant it is not any more."""
        return any(opens <= instant < closes for opens, closes in self.hours_on(self._day(instant)))

    def next_open(self, instant: datetime) -> datetime:
        """`instant` itself while open, the next opening otherwise. Raises CalendarInvalid where none comes."""
        for day in self._days_from(self._day(instant)):
            for opens, closes in self.hours_on(day):
                if instant < closes:
                    return max(instant, opens)
        raise self._never_opens(instant)

    def add_business_days(self, instant: datetime, days: int) -> datetime:
        """The same wall time `days` business days on; what comes while closed counts from the next opening.

        Where that day's hours do not hold the wall time, the day's next opening is meant, or after its last hour its
        closing. With 0 days it is the next opening. The result is UTC, and never before `instant`.
        """
        if days < 0:
            raise ValueError("business days are counted forward")
        start = self.next_open(instant)
        if days == 0:
            return start
        first = self._day(start)
        left = days
        for day in self._days_from(first + timedelta(days=1)):
            left -= self.is_business_day(day)
            if left == 0:
                wall = start.astimezone(ZoneInfo(self.time_zone)).time()
                return self._within(day, ends_at(datetime.combine(day, wall), time_zone=self.time_zone))
        raise self._never_opens(start)

    def _within(self, day: date, instant: datetime) -> datetime:
        for opens, closes in self.hours_on(day):
            if instant <= closes:
                return max(instant, opens)
        return self.hours_on(day)[-1][1]

    def _days_from(self, day: date) -> Iterator[date]:
        """Days on end, until it has been closed for too long."""
        closed = 0
        while closed <= LONGEST_CLOSURE_DAYS:
            yield day
            closed = 0 if self.is_business_day(day) else closed + 1
            day += timedelta(days=1)

    def _day(self, instant: datetime) -> date:
        return local_date(instant, time_zone=self.time_zone)

    def _opening(self, day: date, hours: OpenHours) -> datetime:
        return begins_at(datetime.combine(day, hours.opens), time_zone=self.time_zone)

    def _closing(self, day: date, hours: OpenHours) -> datetime:
        if hours.closes is None:
            return end_of_day(day, time_zone=self.time_zone)
        return ends_at(datetime.combine(day, hours.closes), time_zone=self.time_zone)

    def _never_opens(self, instant: datetime) -> CalendarInvalid:
        return CalendarInvalid(f"calendar `{self.code}` does not open any more after {instant.date().isoformat()}")
