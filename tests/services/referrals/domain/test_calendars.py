"""Open hours, business days and the two days a year when clocks are changed."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.referrals.adapters.calendar_files import load_calendars
from services.referrals.domain.calendars import BusinessCalendar, CalendarInvalid, OpenHours, Span, WeeklyHours
from services.referrals.domain.local_times import begins_at, end_of_day, ends_at, local_date, start_of_day

SHELF = load_calendars()
NEW_YORK = "America/New_York"
OFFICE = SHELF.choose("weekdays", time_zone=NEW_YORK)
ZONES = (
    NEW_YORK,
    "Europe/Berlin",
    "Australia/Lord_Howe",  # half an hour of daylight saving
    "America/Havana",  # midnight comes twice, or not at all
    "Asia/Beirut",  # the same, the other way round
    "Pacific/Apia",  # left out a whole day in 2011
    "Asia/Kathmandu",
    "UTC",
)


def new_york(text: str, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(NEW_YORK), fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("asked", "days", "due"),
    [
        ("2026-03-02T10:15", 2, "2026-03-04T10:15"),
        ("2026-03-06T10:15", 1, "2026-03-09T10:15"),  # over a weekend with a change of clocks
        ("2026-03-06T17:00", 1, "2026-03-10T08:00"),  # after closing: counts from Monday's opening
        ("2026-03-07T12:00", 2, "2026-03-11T08:00"),
        ("2026-03-02T06:00", 1, "2026-03-03T08:00"),
        ("2026-10-30T16:59", 1, "2026-11-02T16:59"),  # over the other change of clocks
        ("2026-12-24T09:00", 1, "2026-12-28T09:00"),  # Christmas and a weekend
        ("2026-11-25T09:00", 2, "2026-11-30T09:00"),  # the fourth Thursday
        ("2026-03-07T12:00", 0, "2026-03-09T08:00"),
        ("2026-05-22T09:00", 1, "2026-05-26T09:00"),  # the last Monday of May
    ],
)
def test_business_days_are_counted_by_the_wall_clock(asked: str, days: int, due: str) -> None:
    assert OFFICE.add_business_days(new_york(asked), days) == new_york(due)


def test_a_holiday_counts_from_when_it_was_made() -> None:
    assert OFFICE.is_business_day(date(2020, 6, 19))
    assert not OFFICE.is_business_day(date(2023, 6, 19))


def test_what_lies_in_a_gap_is_the_jump_and_what_comes_twice_begins_first_and_ends_last() -> None:
    left_out, twice = (datetime.fromisoformat(text) for text in ("2026-03-08T02:30", "2026-11-01T01:30"))
    assert begins_at(left_out, time_zone=NEW_YORK) == ends_at(left_out, time_zone=NEW_YORK)
    assert begins_at(left_out, time_zone=NEW_YORK) == datetime(2026, 3, 8, 7, tzinfo=UTC)
    assert begins_at(twice, time_zone=NEW_YORK) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert ends_at(twice, time_zone=NEW_YORK) == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)


def test_a_night_shift_is_open_through_both_of_the_hours_that_come_twice() -> None:
    night = BusinessCalendar(
        code="night",
        time_zone=NEW_YORK,
        weekly=(WeeklyHours(span=Span(), days={day: (OpenHours(opens=time(1), closes=time(2)),) for day in range(7)}),),
    )
    ((opens, closes),) = night.hours_on(date(2026, 11, 1))
    assert closes - opens == timedelta(hours=2)
    ((opens, closes),) = night.hours_on(date(2026, 3, 8))
    assert closes - opens == timedelta(hours=1)


def test_a_day_that_was_left_out_is_no_business_day() -> None:
    apia = SHELF.choose("always_open", time_zone="Pacific/Apia")
    assert not apia.is_business_day(date(2011, 12, 30))
    before = datetime(2011, 12, 29, 12, tzinfo=ZoneInfo("Pacific/Apia")).astimezone(UTC)
    assert local_date(apia.add_business_days(before, 1), time_zone="Pacific/Apia") == date(2011, 12, 31)


def test_a_calendar_that_does_not_open_any_more_says_so() -> None:
    ended = BusinessCalendar(
        code="ended",
        time_zone="UTC",
        weekly=(WeeklyHours(span=Span(last=date(2020, 1, 1)), days={0: (OpenHours(opens=time(8), closes=None),)}),),
    )
    with pytest.raises(CalendarInvalid, match="`ended` does not open any more after 2026"):
        ended.next_open(datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(ValueError, match="forward"):
        OFFICE.add_business_days(new_york("2026-03-02T10:15"), -1)


zones = st.sampled_from(ZONES)
instants = st.integers(
    int(datetime(2007, 1, 1, tzinfo=UTC).timestamp()), int(datetime(2037, 1, 1, tzinfo=UTC).timestamp())
).map(lambda timestamp: datetime.fromtimestamp(timestamp, UTC))
calendars = st.sampled_from(SHELF.codes)


def wall_minutes(zone: str, *, around: datetime) -> list[datetime]:
    """Every local minute that zoneinfo shows in the three days around an instant: the oracle of these tests."""
    begin = around - timedelta(days=1)
    shown = [(begin + timedelta(minutes=step)).astimezone(ZoneInfo(zone)) for step in range(3 * 24 * 60)]
    return [local.replace(tzinfo=None, fold=0) for local in shown]


@settings(max_examples=60, deadline=None)
@given(zone=zones, instant=instants, at_a_change=st.booleans())
def test_every_wall_time_means_an_instant_at_which_the_clocks_there_show_it(
    zone: str, instant: datetime, at_a_change: bool
) -> None:
    if at_a_change:
        instant = _next_change(zone, instant) or instant
    instant = instant.replace(second=0)
    begin = instant - timedelta(days=1)
    shown = wall_minutes(zone, around=instant)
    wall = instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
    for minutes in range(-90, 91, 15):
        meant = wall + timedelta(minutes=minutes)
        places = [place for place, one in enumerate(shown) if one == meant]
        if places:
            first, last = places[0], places[-1]
        else:  # left out: the first minute on show after it
            first = last = next(place for place, one in enumerate(shown) if one > meant)
        assert begins_at(meant, time_zone=zone) == begin + timedelta(minutes=first)
        assert ends_at(meant, time_zone=zone) == begin + timedelta(minutes=last)


@settings(max_examples=80, deadline=None)
@given(zone=zones, instant=instants)
def test_days_follow_each_other_without_gap_or_overlap(zone: str, instant: datetime) -> None:
    day = local_date(instant, time_zone=zone)
    assert start_of_day(day, time_zone=zone) <= instant < end_of_day(day, time_zone=zone)
    last = end_of_day(day, time_zone=zone) - timedelta(seconds=1)
    assert local_date(last, time_zone=zone) == day
    assert local_date(end_of_day(day, time_zone=zone), time_zone=zone) > day


@settings(max_examples=120, deadline=None)
@given(zone=zones, code=calendars, instant=instants, days=st.integers(0, 30))
def test_a_due_time_is_in_open_hours_that_many_business_days_on(
    zone: str, code: str, instant: datetime, days: int
) -> None:
    calendar = SHELF.choose(code, time_zone=zone)
    start, due = calendar.next_open(instant), calendar.add_business_days(instant, days)
    assert calendar.is_open(start)
    assert not any(calendar.is_open(instant + (start - instant) * part / 4) for part in range(4) if start != instant)
    assert instant <= start <= due
    first, last = (local_date(one, time_zone=zone) for one in (start, due - timedelta(microseconds=days > 0)))
    last = max(first, last)
    between = [first + timedelta(days=one) for one in range(1, (last - first).days + 1)]
    counted = sum(calendar.is_business_day(day) for day in between)
    # a due time of midnight belongs to the day that it ends or begins
    assert counted in ({days, days - 1} if local_date(due, time_zone=zone) != last else {days})
    assert any(
        opens <= due <= closes
        for day in (*between, first, local_date(due, time_zone=zone))
        for opens, closes in calendar.hours_on(day)
    )


def _next_change(zone: str, instant: datetime) -> datetime | None:
    """The next change of clocks within a year, by bisection over days and then seconds."""
    offset = instant.astimezone(ZoneInfo(zone)).utcoffset()
    for day in range(1, 366):
        late = instant + timedelta(days=day)
        if late.astimezone(ZoneInfo(zone)).utcoffset() != offset:
            early = late - timedelta(days=1)
            while late - early > timedelta(seconds=1):
                middle = (early + (late - early) / 2).replace(microsecond=0)
                if middle.astimezone(ZoneInfo(zone)).utcoffset() == offset:
                    early = middle
                else:
                    late = middle
            return late
    return None
