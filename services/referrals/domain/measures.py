"""Follow-up measures in the style of HEDIS, one pack for each measure year. Data, never constants.

NCQA's own value sets (which codes make a visit count) are licensed and not here. What these packs hold is what public
tip sheets say of timing and age (2-domain-facts, section 3.3), applied to what this service knows: the setting somebody
left, who got in touch and when. They steer the work; they are no rates to report to anybody. What cannot be meant is
refused by `measure_checks.py`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from shared.contracts.codes import PracticeRole, Setting


class MeasureCode(StrEnum):
    """Whom a measure follows up; the names are those of the measures whose timing is followed."""

    FUH = "fuh"
    """After a stay in hospital for a mental illness."""
    FUA = "fua"
    """After an emergency visit for substance use."""
    FUM = "fum"
    """After an emergency visit for a mental illness."""
    FUI = "fui"
    """After high-intensity care for substance use."""


class Window(StrEnum):
    """The two windows every measure has."""

    DAY_7 = "day_7"
    DAY_30 = "day_30"


class Channel(StrEnum):
    """How somebody was reached. A follow-up made for a milestone keeps the milestone and not the way."""

    PHONE = "phone"
    IN_PERSON = "in_person"
    VIDEO = "video"
    TEXT = "text"
    NOT_RECORDED = "not_recorded"


class Exclusion(StrEnum):
    """Why a discharge is in no denominator."""

    DIED = "died"
    ADMITTED_AGAIN = "admitted_again"
    """Back in acute care within the time: that stay's own discharge counts in its place."""
    ADMITTED_ELSEWHERE = "admitted_elsewhere"
    """Admitted within the time to care where the measure does not apply."""
    TOO_YOUNG = "too_young"
    AGE_NOT_KNOWN = "age_not_known"
    """Without a birth date nobody is taken to be old enough, nor too young."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DayWindow:
    """Calendar days after that of leaving, both ends included; day 0 is the day of leaving itself."""

    first_day: int
    last_day: int

    def has(self, day: int) -> bool:
        """Whether this day lies in it."""
        return self.first_day <= day <= self.last_day


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """One measure in one measure year.

    It follows up who left one of `settings` on a day from `index_from` to `index_to`, at least `minimum_age` years old on that
    day. An admission to one of `admissions` within `admitted_within` takes the discharge out, for the reason named.
    A contact counts by the practice role of whoever made it and by how.
    """

    code: MeasureCode
    year: int
    settings: frozenset[Setting]
    index_from: date
    index_to: date
    minimum_age: int
    windows: Mapping[Window, DayWindow]
    roles: frozenset[PracticeRole]
    channels: frozenset[Channel]
    admitted_within: timedelta
    admissions: Mapping[Setting, Exclusion]
    sources: Mapping[str, str]

    @property
    def name(self) -> str:
        """Such as `fuh 2026`: as messages name it."""
        return f"{self.code} {self.year}"

    def follows(self, setting: Setting, *, left_on: date) -> bool:
        """Whether leaving this setting on that day begins its clocks."""
        return setting in self.settings and self.index_from <= left_on <= self.index_to


@dataclass(frozen=True)
class MeasureShelf:
    """Every measure of the installation."""

    measures: tuple[Measure, ...]

    def following(self, setting: Setting, *, left_on: date) -> Iterable[Measure]:
        """The measures whose clocks a discharge begins. An emergency visit begins two: why somebody came is not known here."""
        return (one for one in self.measures if one.follows(setting, left_on=left_on))
