"""Late work stays completable, and nothing stays overdue on what has ended."""

from dataclasses import replace
from datetime import timedelta

from services.referrals.domain.milestones import (
    Milestone,
    MilestoneState,
    first_owed,
    lift_all,
    meet,
    plan_milestones,
)
from services.referrals.domain.protocols import FOLLOW_UPS, Anchor
from shared.contracts.codes import MilestoneCode, Setting
from tests.services.referrals.domain.handoff_stories import NOW, SHELF, at

CODE = MilestoneCode.FIRST_CONTACT
DUE = Milestone(code=CODE, due_at=NOW + timedelta(minutes=10))
MISSED = replace(DUE, missed_at=NOW + timedelta(minutes=11))
PROTOCOL = SHELF.choose("standard", setting=Setting.EMERGENCY_DEPARTMENT, on=NOW)


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
    planned = plan_milestones({}, protocol=PROTOCOL, anchors={Anchor.LEAVING: NOW})
    assert set(planned) == {MilestoneCode.INTRODUCTION}
    everything = plan_milestones(planned, protocol=PROTOCOL, anchors={Anchor.LEAVING: NOW, Anchor.DISCHARGE: NOW})
    assert everything[MilestoneCode.OWNER_ACCEPTS].due_at == NOW + timedelta(minutes=30)
    assert set(everything) == {rule.code for rule in PROTOCOL.milestones}


def test_a_moved_due_time_is_not_missed_any_more_and_a_met_one_does_not_move() -> None:
    held = plan_milestones({}, protocol=PROTOCOL, anchors={Anchor.LEAVING: NOW})
    code = MilestoneCode.INTRODUCTION
    missed = {code: replace(held[code], missed_at=NOW + timedelta(minutes=1))}
    later = {Anchor.LEAVING: NOW + timedelta(hours=1)}
    moved = plan_milestones(missed, protocol=PROTOCOL, anchors=later)[code]
    assert (moved.due_at, moved.state) == (NOW + timedelta(hours=1), MilestoneState.DUE)
    met = meet(held, code, at=at(0))
    assert plan_milestones(met, protocol=PROTOCOL, anchors=later) == met


def test_the_first_owed_of_several() -> None:
    held = plan_milestones({}, protocol=PROTOCOL, anchors={Anchor.DISCHARGE: NOW})
    owed = first_owed(held, FOLLOW_UPS)
    assert owed is not None
    assert owed.code is MilestoneCode.FOLLOW_UP_CALL
    assert first_owed(lift_all(held, at=at(1)), FOLLOW_UPS) is None
