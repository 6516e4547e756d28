"""Windows of whole days: midnight, the days when clocks change, who counts, and who is in no denominator."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.referrals.domain.follow_up import ClockState, clocks_of, exclusion_of
from services.referrals.domain.measures import Channel, Exclusion, Window
from shared.contracts.codes import PracticeRole, Setting
from tests.services.referrals.domain.discharge_stories import (
    LEFT,
    MEASURES,
    NEW_YORK,
    admitted,
    days,
    discharge,
    measure,
    reached,
)

ED = Setting.EMERGENCY_DEPARTMENT
WARD = Setting.INPATIENT_PSYCHIATRIC
TREATMENT = Setting.SUBSTANCE_USE_TREATMENT
MET, RUNNING, MISSED = ClockState.MET, ClockState.RUNNING, ClockState.MISSED
ZONES = st.sampled_from([NEW_YORK, "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Phoenix", "UTC"])
LEAVING = st.integers(0, 330 * 24 * 3600).map(
    lambda second: datetime(2026, 1, 2, tzinfo=UTC) + timedelta(seconds=second)
)


def states(
    code: str, *, after: float | datetime, year: int = 2026, as_of: float = 60, **changes: Any
) -> list[ClockState]:
    """Of both clocks, when one contact was made that many days after leaving."""
    contact = reached(after if isinstance(after, datetime) else days(after))
    one = discharge(**({"contacts": (contact,)} | changes))
    return [clock.state for clock in clocks_of(measure(code, year), one, as_of=days(as_of))]


def test_the_day_of_leaving_counts_for_visits_and_not_for_stays() -> None:
    assert states("fuh", after=0.01) == [MISSED, MISSED]
    assert (
        states("fui", after=0.01, setting=TREATMENT, contacts=(reached(days(0.01), PracticeRole.NURSE),))
        == [MISSED] * 2
    )
    assert states("fua", after=0.01, setting=ED) == [MET, MET]
    assert states("fum", after=0.01, setting=ED) == [MET, MET]


def test_midnight_there_decides_and_not_so_many_hours() -> None:
    zone = ZoneInfo(NEW_YORK)
    midnight = datetime(2026, 3, 3, tzinfo=zone).astimezone(UTC)
    assert states("fuh", after=midnight - timedelta(seconds=1)) == [MISSED, MISSED]
    assert states("fuh", after=midnight) == [MET, MET]
    # clocks go forward on 8 March: the seventh day has ended an hour early by the count of hours
    seventh_ends = datetime(2026, 3, 10, tzinfo=zone).astimezone(UTC)
    assert states("fuh", after=seventh_ends - timedelta(seconds=1)) == [MET, MET]
    assert states("fuh", after=seventh_ends) == [MISSED, MET]
    thirtieth_ends = datetime(2026, 4, 2, tzinfo=zone).astimezone(UTC)
    assert states("fuh", after=thirtieth_ends - timedelta(seconds=1)) == [MISSED, MET]
    assert states("fuh", after=thirtieth_ends) == [MISSED, MISSED]


@given(left_at=LEAVING, zone=ZONES, hours=st.floats(0, 40 * 24), code=st.sampled_from(["fuh", "fua", "fum"]))
def test_a_contact_is_judged_by_the_wall_calendar_alone(left_at: datetime, zone: str, hours: float, code: str) -> None:
    at = left_at + timedelta(hours=hours)
    one = discharge(left_at=left_at, time_zone=zone, contacts=(reached(at),))
    there = ZoneInfo(zone)
    day = (at.astimezone(there).date() - left_at.astimezone(there).date()).days
    first = 1 if code == "fuh" else 0
    short, long = clocks_of(measure(code), one, as_of=left_at + timedelta(days=45))
    assert (short.state is MET, long.state is MET) == (first <= day <= 7, first <= day <= 30)
    assert long.state is MET or short.state is not MET, "a hit within 7 days counts for 30"


@given(left_at=LEAVING, zone=ZONES)
def test_a_clock_runs_to_the_last_instant_of_its_last_day(left_at: datetime, zone: str) -> None:
    one = discharge(left_at=left_at, time_zone=zone)
    there = ZoneInfo(zone)
    begins_after = left_at.astimezone(there).date() + timedelta(days=8)
    over = datetime.combine(begins_after, datetime.min.time(), there).astimezone(UTC)
    for as_of, state in ((over - timedelta(seconds=1), RUNNING), (over, MISSED)):
        clock = clocks_of(measure("fuh"), one, as_of=as_of)[0]
        assert (clock.state, clock.is_over, clock.last_day) == (
            state,
            state is MISSED,
            begins_after - timedelta(days=1),
        )


def test_who_counts_depends_on_the_measure_year() -> None:
    earlier: dict[str, Any] = {"left_at": datetime(2024, 3, 4, 20, tzinfo=UTC)}

    def by(role: PracticeRole, year: int) -> list[ClockState]:
        changes = earlier if year == 2024 else {}
        at = (earlier["left_at"] if year == 2024 else LEFT) + timedelta(days=2)
        return states("fuh", after=at, year=year, contacts=(reached(at, role),), **changes)

    assert by(PracticeRole.PEER_SUPPORT_SPECIALIST, 2024) == [MISSED, MISSED]
    assert by(PracticeRole.THERAPIST, 2024) == [MET, MET]
    assert by(PracticeRole.PEER_SUPPORT_SPECIALIST, 2026) == [MET, MET]
    assert by(PracticeRole.SUPPORT_STAFF, 2026) == [MISSED, MISSED]
    assert states("fui", after=2, setting=TREATMENT) == [MISSED, MISSED], "whether a peer counts was not verified"


def test_a_text_alone_and_an_unknown_hand_are_no_visit() -> None:
    for contact in (reached(days(2), channel=Channel.TEXT), reached(days(2), None), reached(days(-1))):
        assert states("fua", after=2, setting=ED, contacts=(contact,)) == [MISSED, MISSED]


@pytest.mark.parametrize(
    ("code", "changes", "exclusion"),
    [
        ("fuh", {}, None),
        ("fuh", {"died": True}, Exclusion.DIED),
        ("fuh", {"birth_date": None}, Exclusion.AGE_NOT_KNOWN),
        ("fuh", {"birth_date": date(2020, 3, 3)}, Exclusion.TOO_YOUNG),
        ("fuh", {"birth_date": date(2020, 3, 2)}, None),
        ("fua", {"birth_date": date(2013, 3, 3), "setting": ED}, Exclusion.TOO_YOUNG),
        ("fum", {"birth_date": date(2013, 3, 3), "setting": ED}, None),
        ("fuh", {"admissions": (admitted(3, WARD),)}, Exclusion.ADMITTED_AGAIN),
        ("fuh", {"admissions": (admitted(0, WARD),)}, Exclusion.ADMITTED_AGAIN),
        ("fuh", {"admissions": (admitted(30, WARD),)}, Exclusion.ADMITTED_AGAIN),
        ("fuh", {"admissions": (admitted(31, WARD),)}, None),
        ("fuh", {"admissions": (admitted(-1, WARD),)}, None),
        ("fuh", {"admissions": (admitted(3, ED),)}, None),
        ("fuh", {"admissions": (admitted(9, WARD), admitted(3, TREATMENT))}, Exclusion.ADMITTED_ELSEWHERE),
        ("fuh", {"admissions": (admitted(3, None),)}, Exclusion.ADMITTED_AGAIN),
        ("fua", {"admissions": (admitted(3, None),), "setting": ED}, Exclusion.ADMITTED_ELSEWHERE),
        ("fua", {"admissions": (admitted(1, WARD),), "setting": ED}, Exclusion.ADMITTED_ELSEWHERE),
    ],
)
def test_who_is_in_no_denominator(code: str, changes: dict[str, Any], exclusion: Exclusion | None) -> None:
    assert exclusion_of(measure(code), discharge(**changes)) is exclusion


def test_which_measures_a_discharge_begins() -> None:
    def begun(setting: Setting, on: date) -> set[str]:
        return {one.name for one in MEASURES.following(setting, left_on=on)}

    assert begun(WARD, date(2026, 12, 1)) == {"fuh 2026"}
    assert begun(WARD, date(2026, 12, 2)) == set()
    assert begun(ED, date(2025, 1, 1)) == {"fua 2025", "fum 2025"}
    assert begun(TREATMENT, date(2024, 5, 5)) == {"fui 2024"}
    assert begun(Setting.OUTPATIENT, date(2026, 5, 5)) == set()


def test_windows_name_their_days() -> None:
    short, long = clocks_of(measure("fuh"), discharge(), as_of=LEFT)
    assert (short.window, short.first_day, short.last_day) == (Window.DAY_7, date(2026, 3, 3), date(2026, 3, 9))
    assert (long.window, long.last_day) == (Window.DAY_30, date(2026, 4, 1))
