"""What an answer does to a task: every row of the table, and every answer that proves nothing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.referrals.domain.errors import IllegalMove, InvalidField
from services.referrals.domain.outcome import (
    Patience,
    fact_of,
    first_step,
    give_up,
    settle_later,
    settle_new,
    still_undecided,
)
from services.referrals.domain.task_states import TaskCommand, TaskReason, TaskStatus
from services.referrals.domain.times import LATEST, not_in_the_future, plausible
from services.referrals.domain.verdicts import HeldForReview, Permitted, Refused, Unanswered, Undecided, weigh
from shared.clock import FixedClock
from shared.contracts.events import EventType
from shared.contracts.scope import DecideMode, Verdict
from tests.services.referrals.guard_double import (
    another_question,
    another_request,
    conditional,
    decision,
    needs_review,
    out_of_scope,
    within_scope,
    without_condition,
)
from tests.services.referrals.samples import NOW, NURSE, a_task

QUESTION = a_task().question
PATIENCE = Patience(ask_again_after=timedelta(seconds=5), review_within=timedelta(hours=24))


@pytest.mark.parametrize(
    ("answer", "weighed"),
    [
        (within_scope(QUESTION), Permitted),
        (conditional(met=True)(QUESTION), Permitted),
        (conditional(met=False)(QUESTION), HeldForReview),
        (without_condition(QUESTION), HeldForReview),
        (needs_review(QUESTION), HeldForReview),
        (out_of_scope(QUESTION), Refused),
        (another_request(QUESTION), Undecided),
        (another_question(QUESTION), Undecided),
        (decision(QUESTION, Verdict.WITHIN_SCOPE, mode=DecideMode.PREVIEW), Undecided),
        (decision(QUESTION, Verdict.OUT_OF_SCOPE, request_id=uuid4()), Undecided),
        (Unanswered("timeout"), Undecided),
    ],
)
def test_only_a_matching_permission_permits(answer: Any, weighed: type) -> None:
    assert type(weigh(answer, question=QUESTION)) is weighed


def test_a_new_task_is_settled() -> None:
    assigned = settle_new(a_task(), Permitted(within_scope(QUESTION)), now=NOW, patience=PATIENCE)
    assert (assigned.status, assigned.assigned_at, assigned.version) == (TaskStatus.ASSIGNED, NOW, 1)
    held = settle_new(a_task(), HeldForReview(needs_review(QUESTION)), now=NOW, patience=PATIENCE)
    assert (held.status, held.review_due_at) == (TaskStatus.PROPOSED, NOW + timedelta(hours=24))
    waiting = settle_new(a_task(), Undecided("timeout"), now=NOW, patience=PATIENCE)
    assert (waiting.status, waiting.decision) == (TaskStatus.PROPOSED, None)
    assert (waiting.ask_again_at, waiting.undecided_because) == (NOW + timedelta(seconds=5), "timeout")
    assert [first_step(task, now=NOW).command for task in (assigned, held, waiting)] == [
        TaskCommand.ASSIGN,
        TaskCommand.AWAIT_REVIEW,
        TaskCommand.PROPOSE,
    ]
    assert {first_step(task, now=NOW).by_worker_id for task in (assigned, held, waiting)} == {NURSE}


@pytest.mark.parametrize(
    ("weighed", "status", "reason", "event"),
    [
        (Permitted(within_scope(QUESTION)), TaskStatus.ASSIGNED, None, EventType.TASK_ASSIGNED),
        (HeldForReview(needs_review(QUESTION)), TaskStatus.PROPOSED, None, EventType.TASK_PROPOSED),
        (Refused(out_of_scope(QUESTION)), TaskStatus.CANCELLED, TaskReason.OUT_OF_SCOPE, EventType.TASK_REFUSED),
    ],
)
def test_a_waiting_task_is_settled_later(
    weighed: Any, status: TaskStatus, reason: TaskReason | None, event: EventType
) -> None:
    waiting = settle_new(a_task(), Undecided("timeout"), now=NOW, patience=PATIENCE)
    settled, step = settle_later(waiting, weighed, question=QUESTION, now=NOW, patience=PATIENCE)
    assert (settled.status, settled.status_reason, settled.version) == (status, reason, 2)
    assert (settled.ask_again_at, settled.undecided_because) == (None, None)
    assert (settled.assigned_at is not None) == (status is TaskStatus.ASSIGNED)
    assert (step.version, step.by_worker_id, step.reason) == (2, None, reason)
    fact = fact_of(settled, step)
    assert fact is not None
    assert (fact[0], fact[1].status, fact[1].reason) == (event, status, reason)
    assert fact[1].decision_id == weighed.decision.decision_id


@pytest.mark.parametrize("status", [status for status in TaskStatus if status is not TaskStatus.PROPOSED])
def test_nothing_but_a_proposed_task_is_settled(status: TaskStatus) -> None:
    for weighed in (Permitted(within_scope(QUESTION)), Refused(out_of_scope(QUESTION))):
        with pytest.raises(IllegalMove):
            settle_later(replace(a_task(), status=status), weighed, question=QUESTION, now=NOW, patience=PATIENCE)


def test_a_task_for_somebody_who_left_is_given_up() -> None:
    given_up, step = give_up(replace(a_task(), ask_again_at=NOW), reason=TaskReason.ASSIGNEE_LEFT, now=NOW)
    assert (given_up.status, given_up.status_reason) == (TaskStatus.CANCELLED, TaskReason.ASSIGNEE_LEFT)
    assert given_up.ask_again_at is None
    fact = fact_of(given_up, step)
    assert fact is not None
    assert (fact[0], fact[1].decision_id) == (EventType.TASK_REFUSED, None)


def test_another_attempt_is_no_change() -> None:
    waiting = still_undecided(a_task(), because="timeout", now=NOW, patience=PATIENCE)
    assert (waiting.version, waiting.asked_times) == (1, 2)
    assert waiting.ask_again_at == NOW + timedelta(seconds=5)


def test_steps_on_the_way_are_not_told() -> None:
    task = a_task(status=TaskStatus.IN_PROGRESS)
    step = replace(first_step(task, now=NOW), command=TaskCommand.START)
    assert fact_of(task, step) is None
    closed = replace(task, status=TaskStatus.COMPLETED)
    fact = fact_of(closed, replace(step, command=TaskCommand.COMPLETE))
    assert fact is not None
    assert fact[0] is EventType.TASK_CLOSED


def test_times() -> None:
    clock = FixedClock(NOW)
    assert not_in_the_future(None, clock=clock) == NOW
    assert not_in_the_future(NOW + timedelta(minutes=1), clock=clock) == NOW + timedelta(minutes=1)
    for wrong in (NOW + timedelta(minutes=3), NOW.replace(year=1999)):
        with pytest.raises(InvalidField):
            not_in_the_future(wrong, clock=clock)
    assert plausible(None, pointer="/due_at") is None
    assert plausible(NOW, pointer="/due_at") == NOW
    with pytest.raises(InvalidField):
        plausible(LATEST, pointer="/due_at")
