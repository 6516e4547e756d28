"""Time in which somebody was accountable and nobody was at work."""

from datetime import UTC, datetime, timedelta

from services.referrals.domain.custody_gap import custody_gap
from tests.services.referrals.domain.handoff_stories import SHELF

OFFICE = SHELF.programme_time(time_zone="UTC", calendar_code="weekdays").calendar
ALWAYS = SHELF.programme_time(time_zone="UTC", calendar_code="always_open").calendar
FRIDAY = datetime(2026, 3, 6, 16, tzinfo=UTC)
MONDAY = datetime(2026, 3, 9, 9, tzinfo=UTC)


def test_a_weekend_between_leaving_and_meeting_is_a_gap() -> None:
    found = custody_gap(left_at=FRIDAY, until=MONDAY, calendar=OFFICE, on_call=[])
    assert (found.waited_minutes, found.gap_minutes) == (65 * 60, 63 * 60)


def test_who_is_on_call_closes_it_and_nothing_counts_twice() -> None:
    shifts = [
        (FRIDAY, FRIDAY + timedelta(hours=10)),
        (FRIDAY + timedelta(hours=8), FRIDAY + timedelta(hours=12)),
        (MONDAY - timedelta(hours=3), MONDAY + timedelta(hours=5)),
    ]
    assert custody_gap(left_at=FRIDAY, until=MONDAY, calendar=OFFICE, on_call=shifts).gap_minutes == (65 - 12 - 3) * 60


def test_a_programme_that_never_closes_has_no_gap() -> None:
    assert custody_gap(left_at=FRIDAY, until=MONDAY, calendar=ALWAYS, on_call=[]).gap_minutes == 0
    assert custody_gap(left_at=MONDAY, until=FRIDAY, calendar=OFFICE, on_call=[]).waited_minutes == 0
