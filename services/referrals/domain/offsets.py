"""How far a due time lies from what it counts from: an exact span, whole days of the programme, or its business days.

- *exact*: so many seconds, minutes, hours or days of 24 hours, whatever the wall clock does meanwhile;
- *calendar days*: the end of the n-th day after the anchor's own day, at local midnight. "Day 7" is over when the
  seventh day after the discharge is over, as the follow-up measures count (2-domain-facts, section 3.3), not 168 hours
  after the minute of leaving;
- *business days*: the same wall time so many business days on, by the programme's calendar (`calendars.py`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.referrals.domain.calendars import BusinessCalendar
from services.referrals.domain.local_times import end_of_day, local_date


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgrammeTime:
    """The wall clock (IANA zone) and the opening hours of one programme."""

    time_zone: str
    calendar: BusinessCalendar


class OffsetUnit(StrEnum):
    """What an offset is counted in."""

    SECONDS = "seconds"
    CALENDAR_DAYS = "calendar_days"
    BUSINESS_DAYS = "business_days"


@dataclass(frozen=True, kw_only=True, slots=True)
class Offset:
    """`count` units after an anchor; only an exact one can be negative, which is before it."""

    unit: OffsetUnit
    count: int

    @property
    def is_before(self) -> bool:
        """Whether it lies before what it counts from."""
        return self.count < 0

    @property
    def about(self) -> timedelta:
        """Its usual length, for putting offsets in order; a business day counts as a day."""
        return timedelta(seconds=self.count) if self.unit is OffsetUnit.SECONDS else timedelta(days=self.count)

    def times(self, number: int) -> "Offset":
        """The same unit, `number` times as many."""
        return Offset(unit=self.unit, count=self.count * number)

    def plus(self, other: "Offset") -> "Offset":
        """Both together. Raises ValueError where they are counted in different units."""
        if other.unit is not self.unit:
            raise ValueError(f"{self.unit} and {other.unit} do not add up")
        return Offset(unit=self.unit, count=self.count + other.count)

    def after(self, anchor: datetime, *, there: ProgrammeTime) -> datetime:
        """The due time (UTC) of something that counts from `anchor` (aware)."""
        if self.unit is OffsetUnit.SECONDS:
            return anchor + timedelta(seconds=self.count)
        if self.unit is OffsetUnit.BUSINESS_DAYS:
            return there.calendar.add_business_days(anchor, self.count)
        day = local_date(anchor, time_zone=there.time_zone) + timedelta(days=self.count)
        return end_of_day(day, time_zone=there.time_zone)


def exactly(span: timedelta) -> Offset:
    """An exact span, in whole seconds."""
    return Offset(unit=OffsetUnit.SECONDS, count=int(span.total_seconds()))
