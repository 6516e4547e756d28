"""Time comes through a port, and always in UTC."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.clock import MAX_CLOCK_SKEW, FixedClock, SystemClock, in_the_future
from tests.shared.events import NOW


def test_the_system_clock_is_aware_and_in_utc() -> None:
    now = SystemClock().now()
    assert now.utcoffset() == timedelta(0)
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_fixed_clock_stands_still_until_it_is_moved() -> None:
    clock = FixedClock(NOW)
    assert clock.now() == clock.now() == NOW
    clock.advance(timedelta(hours=1))
    clock.advance(timedelta(minutes=-10))
    assert clock.now() == NOW + timedelta(minutes=50)


@pytest.mark.parametrize(
    ("ahead", "is_future"),
    [
        (timedelta(days=-30), False),
        (timedelta(0), False),
        (MAX_CLOCK_SKEW, False),
        (MAX_CLOCK_SKEW + timedelta(microseconds=1), True),
    ],
)
def test_clocks_may_differ_a_little(ahead: timedelta, is_future: bool) -> None:
    assert in_the_future(NOW + ahead, clock=FixedClock(NOW)) is is_future
