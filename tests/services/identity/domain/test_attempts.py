from datetime import timedelta

import pytest

from services.identity.domain.attempts import FORGET_AFTER, LIMITS, AttemptKind, Attempts
from tests.services.identity.fakes import NOON


def after(count: int, *, kind: AttemptKind = AttemptKind.EMAIL) -> Attempts:
    attempts = Attempts(kind=kind, digest=b"d", count=0, last_at=NOON)
    for _ in range(count):
        attempts = attempts.counted(at=NOON)
    return attempts


@pytest.mark.parametrize(
    ("kind", "count", "seconds"),
    [
        (AttemptKind.EMAIL, 0, 0),
        (AttemptKind.EMAIL, 4, 0),
        (AttemptKind.EMAIL, 5, 2),
        (AttemptKind.EMAIL, 6, 4),
        (AttemptKind.EMAIL, 8, 16),
        (AttemptKind.EMAIL, 60, 300),
        (AttemptKind.ADDRESS, 49, 0),
        (AttemptKind.ADDRESS, 50, 1),
        (AttemptKind.ADDRESS, 52, 4),
        (AttemptKind.ADDRESS, 200, 900),
    ],
)
def test_a_few_are_free_then_the_wait_doubles_up_to_a_bound(kind: AttemptKind, count: int, seconds: int) -> None:
    assert after(count, kind=kind).wait_at(NOON) == timedelta(seconds=seconds)


def test_the_wait_runs_out() -> None:
    blocked = after(5)
    assert blocked.wait_at(NOON + timedelta(seconds=1)) == timedelta(seconds=1)
    assert blocked.wait_at(NOON + timedelta(seconds=2)) == timedelta(0)
    assert blocked.wait_at(NOON + timedelta(days=1)) == timedelta(0)


def test_an_hour_without_an_attempt_is_forgotten() -> None:
    assert after(20).counted(at=NOON + FORGET_AFTER).count == 1
    assert after(20).counted(at=NOON + FORGET_AFTER - timedelta(seconds=1)).count == 21


def test_success_starts_an_email_afresh_but_takes_only_one_from_an_address() -> None:
    assert after(4).taken_back().count == 0
    shared = after(30, kind=AttemptKind.ADDRESS).taken_back()
    assert (shared.count, shared.blocked_until) == (29, None)
    assert after(0, kind=AttemptKind.ADDRESS).taken_back().count == 0


def test_somebody_with_an_account_of_their_own_gains_no_guesses_from_it() -> None:
    free = LIMITS[AttemptKind.ADDRESS].free
    attempts = after(free, kind=AttemptKind.ADDRESS)
    now = NOON
    for round_number in range(4):
        now += attempts.wait_at(now)
        attempts = attempts.counted(at=now).taken_back().counted(at=now)
        assert attempts.wait_at(now) == timedelta(seconds=2 ** (round_number + 1))


def test_slips_spread_over_weeks_do_not_add_up_behind_a_busy_address() -> None:
    attempts = after(0, kind=AttemptKind.ADDRESS)
    for minute in range(7 * 24 * 60):
        now = NOON + timedelta(minutes=minute)
        attempts = attempts.counted(at=now)
        if minute % 4:  # three of four enter the right password
            attempts = attempts.taken_back()
        assert attempts.wait_at(now) == timedelta(0)


def test_a_burst_behind_one_address_is_slowed_and_fades_one_by_one() -> None:
    burst = after(60, kind=AttemptKind.ADDRESS)
    assert burst.wait_at(NOON) == timedelta(minutes=15)
    later = NOON + timedelta(minutes=15)
    again = burst.counted(at=later)
    assert (again.count, again.last_at) == (60 - 7 + 1, NOON + timedelta(minutes=14))
    assert again.wait_at(later) == timedelta(seconds=16)
    set_back = burst.counted(at=NOON - timedelta(minutes=30))
    assert set_back.count == 61
