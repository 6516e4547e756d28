"""Quiet hours against a minute-by-minute reading of the wall clock, through daylight-saving changes of many zones."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.notifications.domain.quiet_hours import QuietHours

NEW_YORK = ZoneInfo("America/New_York")
ZONES = [
    "America/New_York",
    "Europe/Berlin",
    "Australia/Lord_Howe",  # changes by half an hour
    "Pacific/Apia",
    "Africa/Casablanca",
    "America/St_Johns",
    "Asia/Kathmandu",
    "America/Phoenix",
    "UTC",
]
# Days around changes of 2026 in these zones, and an ordinary one.
DAYS = [
    (3, 7),
    (3, 8),
    (3, 28),
    (3, 29),
    (4, 4),
    (4, 5),
    (10, 3),
    (10, 4),
    (10, 24),
    (10, 25),
    (10, 31),
    (11, 1),
    (7, 1),
]

minutes = st.integers(0, 24 * 60 - 1).map(lambda minute: time(minute // 60, minute % 60))


def first_loud_minute(quiet: QuietHours, instant: datetime) -> datetime:
    """What a person with a wall clock would find."""
    while quiet.start <= (wall := instant.astimezone(quiet.zone).time()) < quiet.end or (
        quiet.start > quiet.end and (wall >= quiet.start or wall < quiet.end)
    ):
        instant += timedelta(minutes=1)
    return instant


@settings(max_examples=400, deadline=None)
@example(start=time(1, 1), end=time(0), zone="America/New_York", day=(11, 1), minute=301)  # set back out of the window
@given(
    start=minutes,
    end=minutes,
    zone=st.sampled_from(ZONES),
    day=st.sampled_from(DAYS),
    minute=st.integers(0, 24 * 60 - 1),
)
def test_quiet_ends_at_the_first_minute_that_is_not_quiet(
    start: time, end: time, zone: str, day: tuple[int, int], minute: int
) -> None:
    if start == end:
        return
    quiet = QuietHours(start, end, ZoneInfo(zone))
    instant = datetime(2026, *day, tzinfo=UTC) + timedelta(minutes=minute)
    assert quiet.ends_after(instant) == first_loud_minute(quiet, instant)


def test_within_a_minute_the_end_is_still_exact() -> None:
    quiet = QuietHours(time(22), time(7), NEW_YORK)
    instant = datetime(2026, 1, 10, 5, 30, 12, 345, tzinfo=UTC)
    assert quiet.ends_after(instant) == datetime(2026, 1, 10, 12, 0, tzinfo=UTC)


def test_a_skipped_end_ends_with_the_skip() -> None:
    quiet = QuietHours(time(22), time(2, 30), NEW_YORK)
    assert quiet.ends_after(datetime(2026, 3, 8, 6, 0, 30, tzinfo=UTC)) == datetime(2026, 3, 8, 7, 0, tzinfo=UTC)


def test_an_hour_shown_twice_counts_twice() -> None:
    quiet = QuietHours(time(22), time(1, 30), NEW_YORK)
    first, second = datetime(2026, 11, 1, 5, 30, tzinfo=UTC), datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    assert quiet.ends_after(first - timedelta(minutes=1)) == first
    assert not quiet.covers(first)
    assert quiet.covers(second - timedelta(minutes=10))
    assert quiet.ends_after(second - timedelta(minutes=10)) == second


def test_an_empty_window_is_refused() -> None:
    with pytest.raises(ValueError, match="different times"):
        QuietHours(time(7), time(7), NEW_YORK)
