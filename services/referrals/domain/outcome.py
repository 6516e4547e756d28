"""How a weighed answer settles a task, and the fact that others are told of it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.referrals.domain.task import Task, TaskStep, step_of
from services.referrals.domain.task_states import TaskCommand, TaskReason, TaskStatus, find_move
from services.referrals.domain.verdicts import HeldForReview, Permitted, Refused, Undecided
from shared.contracts.events import EventType, TaskData
from shared.contracts.scope import DecideRequest


@dataclass(frozen=True, kw_only=True, slots=True)
class Patience:
    """How soon an undecided question is asked again, and how long a review may take."""

    ask_again_after: timedelta = timedelta(seconds=5)
    review_within: timedelta = timedelta(hours=24)


def settle_new(
    task: Task, weighed: Permitted | HeldForReview | Undecided, *, now: datetime, patience: Patience
) -> Task:
    """A task that has just been asked for (still at version 1), as it is first stored."""
    if isinstance(weighed, Undecided):
        return replace(task, undecided_because=weighed.because, ask_again_at=now + patience.ask_again_after)
    return _settled(task, weighed, now=now, patience=patience)


def first_step(task: Task, *, now: datetime) -> TaskStep:
    """The first row of a new task's history."""
    if task.decision is None:
        command = TaskCommand.PROPOSE
    else:
        command = TaskCommand.ASSIGN if task.status is TaskStatus.ASSIGNED else TaskCommand.AWAIT_REVIEW
    return step_of(task, command, by_worker_id=task.assigner_worker_id, at=task.occurred_at, recorded_at=now)


def settle_later(
    task: Task,
    weighed: Permitted | HeldForReview | Refused,
    *,
    question: DecideRequest,
    now: datetime,
    patience: Patience,
) -> tuple[Task, TaskStep]:
    """A proposed task whose question was answered after all: its next version, and the history row."""
    asked = replace(task, question=question, version=task.version + 1, ask_again_at=None, undecided_because=None)
    if isinstance(weighed, Refused):
        return _refused(replace(asked, decision=weighed.decision), TaskReason.OUT_OF_SCOPE, now=now)
    command = TaskCommand.ASSIGN if isinstance(weighed, Permitted) else TaskCommand.AWAIT_REVIEW
    find_move(task.status, command)
    settled = _settled(asked, weighed, now=now, patience=patience)
    return settled, step_of(settled, command, at=now, recorded_at=now)


def give_up(task: Task, *, reason: TaskReason, now: datetime) -> tuple[Task, TaskStep]:
    """A proposed task that cannot be assigned any more: somebody has left, or its programme is closed."""
    left = replace(task, version=task.version + 1, ask_again_at=None, undecided_because=None)
    return _refused(left, reason, now=now)


def release(task: Task, *, reason: TaskReason, now: datetime, patience: Patience) -> tuple[Task, TaskStep]:
    """A task whose assignee cannot go on: proposed again, for the assigner and a second person to see. Raises IllegalMove."""
    move = find_move(task.status, TaskCommand.RELEASE)
    version, review_due_at = task.version + 1, now + patience.review_within
    released = replace(task, version=version, status=move.next, status_reason=reason, review_due_at=review_due_at)
    return released, step_of(released, TaskCommand.RELEASE, at=now, recorded_at=now)


def end(task: Task, *, reason: TaskReason, now: datetime) -> tuple[Task, TaskStep]:
    """An open task whose person is not there any more. Raises IllegalMove for one that is over."""
    move = find_move(task.status, TaskCommand.END)
    version = task.version + 1
    ended = replace(
        task, version=version, status=move.next, status_reason=reason, ask_again_at=None, review_due_at=None
    )
    return ended, step_of(ended, TaskCommand.END, at=now, recorded_at=now)


def still_undecided(task: Task, *, because: str, now: datetime, patience: Patience) -> Task:
    """The task after one more attempt without an answer; its version stays, for nothing about it has changed."""
    return replace(
        task,
        asked_times=task.asked_times + 1,
        undecided_because=because,
        ask_again_at=now + patience.ask_again_after,
    )


_FACTS = {
    TaskCommand.PROPOSE: EventType.TASK_PROPOSED,
    TaskCommand.AWAIT_REVIEW: EventType.TASK_PROPOSED,
    TaskCommand.ASSIGN: EventType.TASK_ASSIGNED,
    TaskCommand.REFUSE: EventType.TASK_REFUSED,
    TaskCommand.APPROVE: EventType.TASK_ASSIGNED,
    TaskCommand.TURN_DOWN: EventType.TASK_REFUSED,
    # it is not the assignee's any more, and the assigner is told; `status` says that it waits for another decision
    TaskCommand.RELEASE: EventType.TASK_REFUSED,
}


def fact_of(task: Task, step: TaskStep) -> tuple[EventType, TaskData] | None:
    """What others are told of this step: ids and codes only. None for steps between start and end."""
    event = _FACTS.get(step.command) or (EventType.TASK_CLOSED if task.is_closed else None)
    if event is None:
        return None
    told = TaskData(
        tenant_id=task.tenant_id,
        version=task.version,
        occurred_at=step.occurred_at,
        recorded_at=step.recorded_at,
        task_id=task.id,
        assignee_worker_id=task.assignee_worker_id,
        assigner_worker_id=task.assigner_worker_id,
        status=task.status,
        decision_id=None if task.decision is None else task.decision.decision_id,
        policy_version=None if task.decision is None else task.decision.policy_version,
        reason=task.status_reason,
    )
    return event, told


def _settled(task: Task, weighed: Permitted | HeldForReview, *, now: datetime, patience: Patience) -> Task:
    if isinstance(weighed, Permitted):
        return replace(task, decision=weighed.decision, status=TaskStatus.ASSIGNED, assigned_at=now)
    return replace(task, decision=weighed.decision, review_due_at=now + patience.review_within)


def _refused(task: Task, reason: TaskReason, *, now: datetime) -> tuple[Task, TaskStep]:
    move = find_move(task.status, TaskCommand.REFUSE)
    refused = replace(task, status=move.next, status_reason=reason)
    return refused, step_of(refused, TaskCommand.REFUSE, at=now, recorded_at=now)
