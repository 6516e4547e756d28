"""By when a referral has to be answered, and when its longer support falls due."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol


class ResponseCalendar(Protocol):
    """The calendar of a programme (`calendars.BusinessCalendar`)."""

    @property
    def time_zone(self) -> str: ...

    def add_business_days(self, instant: datetime, days: int) -> datetime:
        """The same wall time that many business days on."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class ResponseRule:
    """Time to answer: business days, or a plain span where it cannot wait for opening hours; and the grace after it."""

    business_days: int = 0
    within: timedelta | None = None
    grace_business_days: int = 0
    grace: timedelta = timedelta(0)

    def respond_by(self, asked_at: datetime, *, calendar: ResponseCalendar) -> datetime:
        """The instant by which an answer is due."""
        if self.within is not None:
            return asked_at + self.within
        return calendar.add_business_days(asked_at, self.business_days)

    def overdue_after(self, respond_by: datetime, *, calendar: ResponseCalendar) -> datetime:
        """The instant after which silence is marked; answers stay possible all the same."""
        if self.grace_business_days:
            return calendar.add_business_days(respond_by, self.grace_business_days)
        return respond_by + self.grace


@dataclass(frozen=True, kw_only=True, slots=True)
class Phase:
    """A stretch of longer support, and how many days at most lie between two contacts in it."""

    code: str
    months: int
    contact_every_days: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedPhase:
    """A phase on the calendar; `until` is its last day."""

    code: str
    since: date
    until: date
    contact_every_days: int


def plan_phases(phases: tuple[Phase, ...], *, begins: date) -> tuple[PlannedPhase, ...]:
    """The phases one after the other from that day on."""
    planned = []
    months = 0
    for phase in phases:
        since = months_later(begins, months)
        months += phase.months
        until = months_later(begins, months) - timedelta(days=1)
        planned.append(
            PlannedPhase(code=phase.code, since=since, until=until, contact_every_days=phase.contact_every_days)
        )
    return tuple(planned)


def months_later(day: date, months: int) -> date:
    """The same day of the month, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
