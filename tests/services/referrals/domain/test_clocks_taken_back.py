"""Whoever was told that a step is overdue hears of it when the step is lifted or its clock set anew."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.referrals.domain import transition_commands as transition
from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.milestones import clock_version
from shared.contracts.codes import MilestoneCode
from shared.contracts.events import EventType, MilestoneLifted
from tests.services.referrals.domain.handoff_stories import CANDIDATES, NOW, SENDER, at, planned

EXPECTED = NOW + timedelta(hours=5)
EVENING = 10 * 60


def overdue() -> Journey:
    """Everything that was to be done before the person leaves was missed, and told."""
    journey = planned()
    journey.milestones = {
        key: replace(one, missed_at=one.due_at + timedelta(seconds=5)) if one.is_owed else one
        for key, one in journey.milestones.items()
    }
    journey.announcements.clear()
    return journey


def lifted(journey: Journey) -> dict[MilestoneCode, int]:
    """The version taken back, by step."""
    told = [one.data for one in journey.announcements if one.type is EventType.MILESTONE_LIFTED]
    return {one.milestone: one.version for one in told if isinstance(one, MilestoneLifted)}


def versions(journey: Journey) -> dict[MilestoneCode, int]:
    return {one.code: clock_version(one.due_at, resets=one.resets) for one in journey.milestones.values()}


def test_leaving_takes_back_what_was_told_of_steps_before_it() -> None:
    journey = overdue()
    told = {code: versions(journey)[code] for code, one in journey.milestones.items() if one.is_owed}
    assert {MilestoneCode.CONSENT_ASKED, MilestoneCode.INTRODUCTION} <= set(told)
    transition.discharge(journey, candidates=CANDIDATES, by=SENDER, at=at(EVENING))
    assert lifted(journey) == told


def test_a_new_date_takes_back_what_was_told_of_the_old_one_and_going_back_to_it_is_another_version() -> None:
    journey = overdue()
    told = {code: versions(journey)[code] for code, one in journey.milestones.items() if one.is_owed}
    transition.replan(journey, expected_at=EXPECTED + timedelta(days=2), by=SENDER, at=at(60))
    assert lifted(journey) == told
    transition.replan(journey, expected_at=EXPECTED, by=SENDER, at=at(61))
    later = versions(journey)
    assert all(later[code] > version for code, version in told.items())


@pytest.mark.parametrize(("minutes_before_due", "heard"), [(60, False), (0.5, True)])
def test_what_a_sweep_may_be_marking_at_this_moment_counts_as_told(minutes_before_due: float, heard: bool) -> None:
    journey = planned()
    journey.announcements.clear()
    due_at = journey.milestones[MilestoneCode.INTRODUCTION].due_at
    minutes = (due_at - NOW).total_seconds() / 60 - minutes_before_due
    transition.replan(journey, expected_at=EXPECTED + timedelta(days=2), by=SENDER, at=at(minutes))
    assert (MilestoneCode.INTRODUCTION in lifted(journey)) is heard
