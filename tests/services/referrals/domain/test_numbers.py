"""Rates by discharge, worklists by last day, spreads of real values, and nothing that points at somebody."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.referrals.domain import follow_up_numbers, handoff_numbers
from services.referrals.domain.custody_gap import CustodyGap
from services.referrals.domain.discharges import Discharge
from services.referrals.domain.follow_up_numbers import at_risk, coming_friday
from services.referrals.domain.measures import Exclusion, Window
from services.referrals.domain.small_cells import SMALLEST, Share, withheld_counts, withheld_share
from shared.contracts.codes import Setting
from tests.services.referrals.domain.discharge_stories import LEFT, MEASURES, days, discharge, reached

ED = Setting.EMERGENCY_DEPARTMENT


def rates(*discharges: Discharge, as_of: float = 60) -> list[follow_up_numbers.MeasureNumbers]:
    return follow_up_numbers.follow_up_numbers(discharges, measures=MEASURES, as_of=days(as_of))


def test_discharges_are_counted_and_not_people() -> None:
    met = discharge(contacts=(reached(days(3)),))
    late = discharge(contacts=(reached(days(12)),))
    (fuh,) = rates(met, late, discharge(), discharge(died=True), discharge(birth_date=None))
    assert (fuh.code, fuh.year, fuh.discharges) == ("fuh", 2026, 5)
    assert fuh.windows[Window.DAY_7].share == Share(numerator=1, denominator=3)
    assert fuh.windows[Window.DAY_30].share == Share(numerator=2, denominator=3)
    assert fuh.windows[Window.DAY_30].share.rate == 0.6667
    counted = {reason: count for reason, count in fuh.excluded.items() if count}
    assert counted == {Exclusion.DIED: 1, Exclusion.AGE_NOT_KNOWN: 1}


def test_only_windows_that_are_over_have_a_rate() -> None:
    (fuh,) = rates(discharge(contacts=(reached(days(3)),)), discharge(), as_of=10)
    assert fuh.windows[Window.DAY_7].share == Share(numerator=1, denominator=2)
    month = fuh.windows[Window.DAY_30]
    assert (month.share.denominator, month.share.rate, month.running, month.met_early) == (0, None, 2, 1)


def test_an_emergency_visit_begins_two_clocks() -> None:
    assert [one.code for one in rates(discharge(setting=ED))] == ["fua", "fum"]


def risk(*discharges: Discharge, as_of: float, by: date | None = None) -> list[tuple[str, date]]:
    found = at_risk(discharges, measures=MEASURES, as_of=days(as_of), by=by)
    return [(f"{one.measure} {one.window}", one.last_day) for one in found]


def test_who_will_miss_by_friday() -> None:
    ninth, first = date(2026, 3, 9), date(2026, 4, 1)
    assert risk(discharge(), as_of=0.1) == [], "the seventh day is a Monday, after this week's Friday"
    assert risk(discharge(), as_of=5) == [("fuh day_7", ninth)]
    assert risk(discharge(), as_of=5, by=ninth - timedelta(days=1)) == []
    assert risk(discharge(), as_of=5, by=first) == [("fuh day_7", ninth), ("fuh day_30", first)]
    assert risk(discharge(), as_of=8, by=first) == [("fuh day_30", first)], "a week that is over is no work any more"
    assert risk(discharge(contacts=(reached(days(2)),)), as_of=5, by=first) == []
    assert risk(discharge(died=True), discharge(birth_date=date(2024, 1, 1)), as_of=5, by=first) == []


def test_whose_age_is_not_known_is_still_owed_a_contact() -> None:
    (line, _) = at_risk([discharge(birth_date=None)], measures=MEASURES, as_of=days(1), by=date(2026, 4, 1))
    assert line.may_not_count is Exclusion.AGE_NOT_KNOWN


def test_fridays() -> None:
    assert [coming_friday(date(2026, 3, day)).day for day in (2, 5, 6, 7)] == [6, 6, 6, 13]


def gap_of(one: Discharge, until: datetime) -> CustodyGap:
    waited = int((until - one.left_at).total_seconds() // 60)
    return CustodyGap(waited_minutes=waited, gap_minutes=waited // 2, until=until)


def counted(*discharges: Discharge, as_of: float = 3) -> handoff_numbers.HandoffNumbers:
    return handoff_numbers.handoff_numbers(discharges, as_of=days(as_of), gap_of=gap_of)


def after(minutes: int) -> datetime:
    return LEFT + timedelta(minutes=minutes)


def test_how_handing_over_went() -> None:
    due: dict[str, Any] = {"offered": 1, "contact_due_at": days(1)}
    quick = discharge(accepted_at=after(10), contacted_at=after(60), closed_at=days(2), **due)
    slow = discharge(accepted_at=after(50), contacted_at=days(2), unanswered=1, **due)
    silent = discharge(unanswered=2, **due)
    refused = discharge(unanswered=1, declined=1, withdrawn_at=after(90), contact_lifted_at=after(90), **due)
    numbers = counted(quick, slow, silent, refused, discharge(contact_due_at=days(9)))
    assert (numbers.discharges, numbers.accepted) == (5, Share(numerator=2, denominator=5))
    assert (numbers.time_to_accept.median, numbers.time_to_accept.p90) == (10, 50)
    assert numbers.contacted_in_time == Share(numerator=1, denominator=3), "what was lifted or still runs is no failure"
    assert numbers.silent == Share(numerator=1, denominator=4), "a no is an answer"
    assert numbers.loop_closed == Share(numerator=1, denominator=4)
    assert numbers.waited.total == 60 + 2880 + 4320 + 90 + 4320
    assert numbers.custody_gap.median == 1440


def test_nothing_has_no_rate_and_no_spread() -> None:
    numbers = counted()
    assert (numbers.accepted.rate, numbers.time_to_accept.median, numbers.custody_gap.total) == (None, None, None)


@given(st.lists(st.integers(0, 10_000), min_size=1))
def test_a_spread_is_of_values_that_occurred(minutes: list[int]) -> None:
    found = handoff_numbers.spread(minutes)
    assert found.median in minutes
    assert found.p90 in minutes
    assert found.median is not None
    assert sum(one <= found.median for one in minutes) * 2 >= len(minutes)


@given(numerator=st.integers(0, 30), rest=st.integers(0, 30))
def test_no_share_lets_a_small_cell_be_worked_out(numerator: int, rest: int) -> None:
    shown = withheld_share(Share(numerator=numerator, denominator=numerator + rest))
    small = [count for count in (numerator, rest) if 0 < count < SMALLEST]
    assert shown.withheld == (bool(small) or 0 < numerator + rest < SMALLEST)
    assert not small or (shown.numerator is None and shown.rate is None)


def test_one_small_part_withholds_the_others() -> None:
    assert withheld_counts({"a": 9, "b": 2}) == {"a": None, "b": None}
    assert withheld_counts({"a": 9, "b": 0}) == {"a": 9, "b": 0}


def test_withheld_numbers_do_not_give_themselves_away() -> None:
    many = [discharge(contacts=(reached(days(3)),)) for _ in range(9)] + [discharge() for _ in range(7)]
    (open_book,) = rates(*many)
    assert follow_up_numbers.withheld(open_book) == open_book
    (fuh,) = map(follow_up_numbers.withheld, rates(*many, discharge(died=True)))
    assert (fuh.discharges, set(fuh.excluded.values())) == (None, {None})
    few = handoff_numbers.withheld(counted(*many[:9], *[discharge(accepted_at=after(5)) for _ in range(3)]))
    assert few.accepted == Share(numerator=None, denominator=12, withheld=True)
    assert (few.time_to_accept.withheld, few.time_to_accept.count) == (True, None)
    (running,) = map(follow_up_numbers.withheld, rates(*many[:3], as_of=1))
    assert running.windows[Window.DAY_7].running is None
    assert running.discharges is None


@pytest.mark.parametrize("count", [1, SMALLEST - 1])
def test_small_programmes_show_nothing(count: int) -> None:
    numbers = handoff_numbers.withheld(counted(*(discharge() for _ in range(count))))
    assert numbers.discharges is None
    assert numbers.custody_gap.withheld
