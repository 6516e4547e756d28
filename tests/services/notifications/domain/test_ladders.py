"""What a ladder may look like, and when its steps fall."""

from datetime import timedelta
from typing import Any

import pytest

from services.notifications.domain.codes import Channel
from services.notifications.domain.errors import LadderInvalid
from services.notifications.domain.ladders import Ladder, Step
from tests.services.notifications.journeys import NOON

SHOWN = Step(channel=Channel.INBOX, after=timedelta(0))


def mail(*, seconds: float | None = None, fraction: float | None = None) -> Step:
    after = None if seconds is None else timedelta(seconds=seconds)
    return Step(channel=Channel.EMAIL, after=after, at_fraction=fraction)


def ladder(*steps: Step) -> Ladder:
    return Ladder(code="a_ladder", description="for this test", urgent=False, steps=steps)


def test_steps_fall_at_offsets_and_fractions() -> None:
    planned = ladder(SHOWN, mail(seconds=60), mail(fraction=0.5)).schedule(
        starts_at=NOON, respond_by=NOON + timedelta(hours=2)
    )
    assert [step.due_at - NOON for step in planned] == [timedelta(0), timedelta(minutes=1), timedelta(hours=1)]
    assert not any(step.too_late for step in planned)


def test_a_step_on_or_after_the_deadline_is_too_late_but_showing_never_is() -> None:
    planned = ladder(SHOWN, mail(seconds=59), mail(seconds=60), mail(seconds=61)).schedule(
        starts_at=NOON, respond_by=NOON + timedelta(seconds=60)
    )
    assert [step.too_late for step in planned] == [False, False, True, True]
    (shown,) = ladder(SHOWN).schedule(starts_at=NOON, respond_by=NOON - timedelta(hours=1))
    assert not shown.too_late


def test_a_deadline_before_the_offer_does_not_turn_time_back() -> None:
    planned = ladder(SHOWN, mail(fraction=0.5)).schedule(starts_at=NOON, respond_by=NOON - timedelta(hours=1))
    assert planned[1].due_at == NOON
    assert planned[1].too_late


def test_a_fraction_needs_a_deadline() -> None:
    with pytest.raises(LadderInvalid, match="deadline"):
        ladder(SHOWN, mail(fraction=0.5)).schedule(starts_at=NOON, respond_by=None)


@pytest.mark.parametrize(
    "step",
    [
        {"after": None, "at_fraction": None},
        {"after": timedelta(0), "at_fraction": 0.5},
        {"after": timedelta(seconds=-1)},
        {"at_fraction": 0.0},
        {"at_fraction": 1.0},
        {"at_fraction": float("nan")},
    ],
)
def test_steps_that_make_no_sense(step: dict[str, Any]) -> None:
    with pytest.raises(LadderInvalid):
        Step(channel=Channel.EMAIL, **step)


@pytest.mark.parametrize(
    "steps",
    [
        (),
        (mail(seconds=0),),
        (Step(channel=Channel.INBOX, after=timedelta(seconds=5)),),
        (SHOWN, SHOWN),
        (SHOWN, mail(seconds=60), mail(seconds=30)),
        (SHOWN, mail(fraction=0.6), mail(fraction=0.3)),
        (SHOWN, *[mail(seconds=0)] * 20),
    ],
)
def test_ladders_that_make_no_sense(steps: tuple[Step, ...]) -> None:
    with pytest.raises(LadderInvalid):
        ladder(*steps)
