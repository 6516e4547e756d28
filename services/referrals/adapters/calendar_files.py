"""Reads the calendars in `policy/calendars`; a file that cannot be used is named with the key that is wrong."""

from datetime import date, time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from services.referrals.adapters.file_errors import explained
from services.referrals.domain.calendar_shelf import CalendarRule, CalendarShelf
from services.referrals.domain.calendars import CalendarInvalid, Holiday, OpenHours, Span, WeeklyHours
from services.referrals.domain.directory import known_time_zone
from services.referrals.domain.errors import InvalidField
from shared.plain_yaml import read_yaml

FOLDER = Path(__file__).parent.parent / "policy" / "calendars"

Hours = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$")]
"""Such as `08:00-12:30`; `24:00` is midnight at the end of the day."""


class Weekday(StrEnum):
    """In the order of `date.weekday()`."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @property
    def number(self) -> int:
        """Monday is 0."""
        return list(Weekday).index(self)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Effective(_Strict):
    effective_from: date | None = None
    effective_to: date | None = None

    def span(self) -> Span:
        return Span(first=self.effective_from, last=self.effective_to)


class _Weekly(_Effective):
    hours: dict[Weekday, list[Hours]]

    def weekly(self) -> WeeklyHours:
        days = {day.number: tuple(_open_hours(one) for one in hours) for day, hours in self.hours.items()}
        return WeeklyHours(span=self.span(), days=days)


class _Holiday(_Effective):
    name: str = Field(min_length=3)
    on: date | None = None
    month: int | None = Field(default=None, ge=1, le=12)
    day: int | None = Field(default=None, ge=1, le=31)
    weekday: Weekday | None = None
    nth: int | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        given = {name for name in ("on", "month", "day", "weekday", "nth") if getattr(self, name) is not None}
        if given not in ({"on"}, {"month", "day"}, {"month", "weekday", "nth"}):
            raise ValueError("give either `on`, or `month` and `day`, or `month`, `weekday` and `nth`")
        if self.month is not None and self.day is not None:
            date(2024, self.month, self.day)  # a leap year: 29 February is a day
        if self.nth not in (None, -1, 1, 2, 3, 4, 5):
            raise ValueError("`nth` is 1 to 5, or -1 for the last")
        return self

    def holiday(self) -> Holiday:
        weekday = None if self.weekday is None else self.weekday.number
        return Holiday(
            name=self.name,
            span=self.span(),
            on=self.on,
            month=self.month,
            day=self.day,
            weekday=weekday,
            nth=self.nth,
        )


class _File(_Strict):
    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,63}$")]
    time_zone: str | None = None
    weekly: list[_Weekly]
    holidays: list[_Holiday] = []

    @model_validator(mode="after")
    def _known_time_zone(self) -> Self:
        try:
            if self.time_zone is not None:
                known_time_zone(self.time_zone)
        except InvalidField:
            raise ValueError(f"`{self.time_zone}` is not a time zone of the IANA database") from None
        return self

    def rule(self) -> CalendarRule:
        return CalendarRule(
            code=self.code,
            time_zone=self.time_zone,
            weekly=tuple(one.weekly() for one in self.weekly),
            holidays=tuple(one.holiday() for one in self.holidays),
        )


def load_calendars(*, folder: Path = FOLDER) -> CalendarShelf:
    """Every calendar of the folder. Raises CalendarInvalid with the file's name and the key."""
    return CalendarShelf(read_calendar(path) for path in sorted(folder.glob("*.yaml")))


def read_calendar(path: Path) -> CalendarRule:
    """One file. Raises CalendarInvalid."""
    try:
        return _File.model_validate(read_yaml(path.read_text(encoding="utf-8"))).rule()
    except (yaml.YAMLError, ValidationError, UnicodeDecodeError) as error:
        raise CalendarInvalid(f"`{path.name}` cannot be used: {explained(error)}") from error


def _open_hours(text: str) -> OpenHours:
    opens, closes = text.split("-")
    return OpenHours(opens=time.fromisoformat(opens), closes=None if closes == "24:00" else time.fromisoformat(closes))
