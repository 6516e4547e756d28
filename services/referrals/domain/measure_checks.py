"""What is wrong with a measure that cannot be meant; every message names the measure and the key."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from services.referrals.domain.measures import Exclusion, Measure, MeasureShelf, Window

_LONGEST_WINDOW = 90
_OLDEST = 120
_ADMISSIONS = (Exclusion.ADMITTED_AGAIN, Exclusion.ADMITTED_ELSEWHERE)


class MeasureInvalid(Exception):  # noqa: N818 - the data is invalid, not the program
    """A measure file cannot be used; the message says which and why. Raised at start, never later."""


def check_measure(measure: Measure) -> None:
    """Raise MeasureInvalid with everything that is wrong."""
    found = list(_faults(measure))
    if found:
        raise MeasureInvalid(f"measure `{measure.name}`: {'; '.join(found)}")


def shelf_of(measures: Iterable[Measure]) -> MeasureShelf:
    """All of them together. Raises MeasureInvalid where one is there twice in a year."""
    found = tuple(sorted(measures, key=lambda one: (one.year, one.code)))
    names = [one.name for one in found]
    for name in sorted({name for name in names if names.count(name) > 1}):
        raise MeasureInvalid(f"measure `{name}` is there twice")
    return MeasureShelf(found)


def _faults(measure: Measure) -> Iterator[str]:
    if not measure.settings:
        yield "`index.settings` is empty"
    if not measure.index_from <= measure.index_to:
        yield "`index.to` comes before `index.from`"
    if {measure.index_from.year, measure.index_to.year} != {measure.year}:
        yield "`index` leaves the measure year"
    if not 0 <= measure.minimum_age <= _OLDEST:
        yield "`minimum_age` is no age"
    if not measure.roles:
        yield "`counts.roles` is empty: nobody could satisfy it"
    if not measure.channels:
        yield "`counts.channels` is empty: nothing could satisfy it"
    yield from _faults_of_windows(measure)
    if measure.admitted_within <= timedelta(0):
        yield "`admissions.within_days` gives no time"
    for setting, exclusion in measure.admissions.items():
        if exclusion not in _ADMISSIONS:
            yield f"`admissions.to.{setting}` is not what an admission can mean"


def _faults_of_windows(measure: Measure) -> Iterator[str]:
    for window in Window:
        if window not in measure.windows:
            yield f"`windows` lacks {window}"
    for window, days in measure.windows.items():
        if not 0 <= days.first_day <= days.last_day <= _LONGEST_WINDOW:
            yield f"`windows.{window}` is no span of days after leaving"
    short, long = measure.windows.get(Window.DAY_7), measure.windows.get(Window.DAY_30)
    if short and long and not (long.first_day <= short.first_day and short.last_day <= long.last_day):
        yield "`windows.day_30` must hold `day_7`: a hit of the short one counts for the long one"
