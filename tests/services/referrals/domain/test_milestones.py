"""Late work stays completable, and nothing stays overdue on what has ended."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from services.referrals.domain.milestones import (
    Milestone,
    MilestoneState,
    first_owed,
    lift_all,
    lift_preparations,
    meet,
    plan_milestones,
)
from services.referrals.domain.offsets import exactly
from services.referrals.domain.protocols import Anchor, Protocol
from shared.contracts.codes import IntegrationModel, MilestoneCode, Setting
from tests.services.referrals.domain.handoff_stories import NOW, SHELF, THERE, at

CODE = MilestoneCode.FIRST_CONTACT
DUE = Milestone(code=CODE, due_at=NOW + timedelta(minutes=10))
MISSED = replace(DUE, missed_at=NOW + timedelta(minutes=11))
MODEL = IntegrationModel.TRANSITIONAL
PROTOCOL = SHELF.choose("standard", setting=Setting.EMERGENCY_DEPARTMENT, model=MODEL, on=NOW.date())
NINE_MONTHS = SHELF.choose("standard", setting=Setting.YOUTH, model=MODEL, on=NOW.date())
BY_WALL_CLOCK = SHELF.programme_time(time_zone="America/New_York", calendar_code="weekdays")


def plan(held: Mapping[Any, Milestone], anchors: Mapping[Any, datetime], **more: Any) -> dict[str, Milestone]:
    fields: dict[str, Any] = {"protocol": PROTOCOL, "there": THERE, "known_at": NOW}
    return plan_milestones(held, anchors=anchors, **(fields | more))


def test_the_states_of_a_milestone() -> None:
    assert DUE.state is MilestoneState.DUE
    assert MISSED.state is MilestoneState.MISSED
    assert lift_all({CODE: MISSED}, at=at(12))[CODE].state is MilestoneState.LIFTED
    assert meet({CODE: MISSED}, CODE, at=at(15))[CODE].state is MilestoneState.MET_LATE
    in_time_but_told_late = meet({CODE: MISSED}, CODE, at=at(15, occurred=5))[CODE]
    assert in_time_but_told_late.state is MilestoneState.MET
    assert in_time_but_told_late.missed_at == MISSED.missed_at, "what was known on that day stays known"


def test_a_milestone_is_met_once_and_only_where_the_protocol_has_it() -> None:
    met = meet({CODE: DUE}, CODE, at=at(5))
    assert meet(met, CODE, at=at(9)) == met
    assert meet(met, MilestoneCode.DAY_7, at=at(9)) == met


def test_lifting_leaves_what_was_met() -> None:
    met = meet({CODE: DUE}, CODE, at=at(5))
    assert lift_all(met, at=at(6)) == met


def test_only_what_has_its_anchor_is_planned() -> None:
    planned = plan({}, {Anchor.LEAVING: NOW})
    assert set(planned) == {MilestoneCode.INTRODUCTION}
    everything = plan(planned, {Anchor.LEAVING: NOW, Anchor.DISCHARGE: NOW})
    assert everything[MilestoneCode.OWNER_ACCEPTS].due_at == NOW + timedelta(minutes=30)
    assert set(everything) == {rule.code for rule in PROTOCOL.milestones}


def test_a_moved_due_time_is_not_missed_any_more_and_a_met_one_does_not_move() -> None:
    held = plan({}, {Anchor.LEAVING: NOW})
    code = MilestoneCode.INTRODUCTION
    missed = {code: replace(held[code], missed_at=NOW + timedelta(minutes=1))}
    later = {Anchor.LEAVING: NOW + timedelta(hours=1)}
    moved = plan(missed, later)[code]
    assert (moved.due_at, moved.state) == (NOW + timedelta(hours=1), MilestoneState.DUE)
    met = meet(held, code, at=at(0))
    assert plan(met, later) == met


def test_the_first_owed_of_several() -> None:
    held = plan({}, {Anchor.DISCHARGE: NOW})
    owed = first_owed(held)
    assert owed is not None
    assert owed.code is MilestoneCode.FOLLOW_UP_CALL
    assert first_owed(lift_all(held, at=at(1))) is None


def test_day_seven_is_over_when_the_seventh_day_there_is_over() -> None:
    left = datetime(
        2026, 3, 3, 3, 30, tzinfo=UTC
    )  # the evening of 2 March in New York, a week before the clocks change
    due = plan({}, {Anchor.DISCHARGE: left}, there=BY_WALL_CLOCK)[MilestoneCode.DAY_7].due_at
    assert due == datetime(2026, 3, 10, 4, tzinfo=UTC), "midnight by summer time at the end of 9 March"


def test_what_repeats_is_owed_one_after_the_other() -> None:
    code = MilestoneCode.PHASE_1_CONTACT
    held = plan({}, {Anchor.DISCHARGE: NOW}, protocol=NINE_MONTHS)
    assert [key for key in held if key.startswith(code)][:3] == [code, f"{code}.02", f"{code}.03"]
    twice = meet(meet(held, code, at=at(1)), code, at=at(2))
    assert [twice[key].met_at is None for key in (code, f"{code}.02", f"{code}.03")] == [False, False, True]
    owed = first_owed(twice, (code,))
    assert owed is not None
    assert (owed.occurrence, owed.due_at) == (3, datetime(2026, 3, 24, 4, tzinfo=UTC))


def test_a_call_before_its_window_does_not_count_as_the_call() -> None:
    code = MilestoneCode.FOLLOW_UP_CALL
    held = plan({}, {Anchor.DISCHARGE: NOW})
    assert meet(held, code, at=at(47 * 60)) == held
    assert meet(held, code, at=at(48 * 60))[code].state is MilestoneState.MET
    assert meet(held, code, at=at(80 * 60))[code].state is MilestoneState.MET_LATE


def test_what_comes_before_leaving_is_due_by_then_where_its_own_time_was_over_before_anybody_knew() -> None:
    leaving = NOW + timedelta(hours=5)
    held = plan({}, {Anchor.LEAVING: leaving}, protocol=NINE_MONTHS)
    assert held[MilestoneCode.CONSENT_ASKED].due_at == leaving
    assert held[MilestoneCode.BEDSIDE_VISIT].due_at == leaving - timedelta(hours=2)
    two_days = plan({}, {Anchor.LEAVING: NOW + timedelta(days=2)}, protocol=NINE_MONTHS)
    assert two_days[MilestoneCode.CONSENT_ASKED].due_at == NOW + timedelta(days=1)
    assert MilestoneCode.CONSENT_ASKED not in plan({}, {Anchor.LEAVING: NOW}, protocol=NINE_MONTHS)


def test_once_the_person_has_left_nothing_is_owed_that_was_to_be_done_before() -> None:
    held = plan({}, {Anchor.LEAVING: NOW + timedelta(days=2)}, protocol=NINE_MONTHS)
    code = MilestoneCode.CONSENT_ASKED
    missed = {**held, code: replace(held[code], missed_at=NOW)}
    lifted = lift_preparations(missed, at=at(1))
    assert (lifted[code].state, lifted[code].missed_at) == (MilestoneState.LIFTED, NOW)
    assert lifted[MilestoneCode.INTRODUCTION].is_owed


def test_a_clock_that_counts_from_another_milestone_starts_when_that_is_met() -> None:
    rules = (
        replace(rule, anchor=MilestoneCode.OWNER_ACCEPTS, offset=exactly(timedelta(hours=2)))
        if rule.code is MilestoneCode.ARRIVAL
        else rule
        for rule in PROTOCOL.milestones
    )
    chained: Protocol = replace(PROTOCOL, milestones=tuple(rules))
    held = plan({}, {Anchor.DISCHARGE: NOW}, protocol=chained)
    assert MilestoneCode.ARRIVAL not in held
    assert plan(held, {MilestoneCode.OWNER_ACCEPTS: NOW}, protocol=chained)[
        MilestoneCode.ARRIVAL
    ].due_at == NOW + timedelta(hours=2)
