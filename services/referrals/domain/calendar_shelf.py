"""The calendars of an installation, and what is wrong with one that cannot be meant."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from services.referrals.domain.calendars import BusinessCalendar, CalendarInvalid, Holiday, OpenHours, WeeklyHours


class CalendarUnavailable(Exception):  # noqa: N818 - a fact about the shelf
    """There is no calendar of this code."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CalendarRule:
    """A calendar as it is written down; without `time_zone` it is kept in that of the programme."""

    code: str
    time_zone: str | None
    weekly: tuple[WeeklyHours, ...]
    holidays: tuple[Holiday, ...]


class CalendarShelf:
    """Every calendar of this installation. Raises CalendarInvalid where one cannot be right."""

    def __init__(self, calendars: Iterable[CalendarRule]) -> None:
        self._rules: dict[str, CalendarRule] = {}
        self._kept: dict[tuple[str, str], BusinessCalendar] = {}
        for rule in calendars:
            if rule.code in self._rules:
                raise CalendarInvalid(f"calendar `{rule.code}` is there twice")
            check_calendar(rule)
            self._rules[rule.code] = rule

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes a programme may name, in order."""
        return tuple(sorted(self._rules))

    def choose(self, code: str, *, time_zone: str) -> BusinessCalendar:
        """The calendar as a programme in `time_zone` keeps it. Raises CalendarUnavailable."""
        rule = self._rules.get(code)
        if rule is None:
            raise CalendarUnavailable(code)
        kept = (code, rule.time_zone or time_zone)
        if kept not in self._kept:
            self._kept[kept] = BusinessCalendar(
                code=code, time_zone=kept[1], weekly=rule.weekly, holidays=rule.holidays
            )
        return self._kept[kept]


def check_calendar(rule: CalendarRule) -> None:
    """Raise CalendarInvalid, naming the key, for hours that overlap or end before they begin, or none at all."""
    for place, week in enumerate(rule.weekly):
        where = f"calendar `{rule.code}`: weekly[{place}]"
        if not any(week.days.values()):
            raise CalendarInvalid(f"{where} is never open")
        for weekday, hours in week.days.items():
            _check_hours(hours, where=f"{where} on weekday {weekday}")
        if week.span.first and week.span.last and week.span.last < week.span.first:
            raise CalendarInvalid(f"{where} ends before it begins")
    if not rule.weekly:
        raise CalendarInvalid(f"calendar `{rule.code}`: weekly names no hours")
    spans = sorted((week.span for week in rule.weekly), key=lambda span: span.first or date.min)
    for earlier, later in pairwise(spans):
        if later.first is None or earlier.last is None or earlier.last >= later.first:
            raise CalendarInvalid(f"calendar `{rule.code}`: two weekly hours are in force on {later.first}")


def _check_hours(hours: tuple[OpenHours, ...], *, where: str) -> None:
    for one in hours:
        if one.closes is not None and one.closes <= one.opens:
            raise CalendarInvalid(f"{where} closes before it opens")
    for earlier, later in pairwise(hours):
        if earlier.closes is None or later.opens < earlier.closes:
            raise CalendarInvalid(f"{where} has hours that overlap or are out of order")
