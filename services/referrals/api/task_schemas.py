"""Requests and answers about tasks."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AwareDatetime, BeforeValidator

from services.referrals.api.fields import Code, Codes, Line, Note, RequestBody, View, Words
from services.referrals.domain.assignment import Wish
from services.referrals.domain.task import Task
from services.referrals.domain.task_states import TaskCommand, TaskReason, TaskStatus
from services.referrals.use_cases.decide_review import ReviewDecision
from shared.contracts.codes import PracticeRole, Responsibility
from shared.contracts.scope import Alternative, ConditionFinding, RuleFinding, TaskPart, Verdict


def _instant_as_text(value: object) -> object:
    """A number is not an instant, though pydantic would read one as seconds since 1970."""
    if isinstance(value, int | float):
        raise ValueError("not an instant")
    return value


Instant = Annotated[AwareDatetime, BeforeValidator(_instant_as_text)]


class TaskRequest(RequestBody):
    """What a worker is asked to do. Their role is ours to know: it cannot be sent."""

    programme_id: UUID
    assignee_worker_id: UUID
    title: Line
    details: Words = ""
    person_id: UUID | None = None
    team_id: UUID | None = None
    activity: Code | None = None
    responsibility: Responsibility = Responsibility.ASSIST
    attested_conditions: Codes = ()
    due_at: Instant | None = None
    occurred_at: Instant | None = None

    def wish(self) -> Wish:
        """The same, in the language of the domain."""
        return Wish(
            programme_id=self.programme_id,
            assignee_worker_id=self.assignee_worker_id,
            title=self.title,
            details=self.details,
            person_id=self.person_id,
            team_id=self.team_id,
            activity=self.activity,
            responsibility=self.responsibility,
            attested_conditions=tuple(sorted(set(self.attested_conditions))),
        )


class StepRequest(RequestBody):
    """A step that needs no reason."""

    note: Note | None = None
    occurred_at: Instant | None = None


class StepWithReasonRequest(StepRequest):
    """A step that says why."""

    reason: TaskReason


class ReviewRequest(RequestBody):
    """A second person's word: what, why as a code, and why in their own words."""

    decision: ReviewDecision
    reason: TaskReason
    words: Note


class DecisionView(View):
    """What the guard said of this assignment, for the record and for the person who asked."""

    decision_id: UUID
    verdict: Verdict
    policy_version: str
    reason: str
    rules: tuple[RuleFinding, ...]
    conditions: tuple[ConditionFinding, ...]
    who_may: tuple[PracticeRole, ...]
    alternative: Alternative | None
    split: tuple[TaskPart, ...]
    decided_at: datetime


class TaskView(View):
    """A task. `scope` is `decided` or `undecided`: the guard has not answered, which is neither allowed nor denied."""

    id: UUID
    version: int
    programme_id: UUID
    person_id: UUID | None
    team_id: UUID | None
    assignee_worker_id: UUID
    assigner_worker_id: UUID
    title: str
    details: str
    activity: str | None
    responsibility: Responsibility
    attested_conditions: tuple[str, ...]
    due_at: datetime | None
    occurred_at: datetime
    recorded_at: datetime
    status: TaskStatus
    status_reason: TaskReason | None
    assigned_at: datetime | None
    scope: str
    decision: DecisionView | None
    unmet_conditions: tuple[ConditionFinding, ...]
    review_due_at: datetime | None
    approved_by_worker_id: UUID | None
    retry_after_seconds: int | None

    @classmethod
    def of(cls, task: Task) -> Self:
        """The view of a task as it stands. `retry_after_seconds` is there while it waits to be asked again."""
        decision = None if task.decision is None else DecisionView.model_validate(task.decision)
        unmet = () if decision is None else tuple(found for found in decision.conditions if not found.met)
        return cls(
            id=task.id,
            version=task.version,
            programme_id=task.programme_id,
            person_id=task.person_id,
            team_id=task.team_id,
            assignee_worker_id=task.assignee_worker_id,
            assigner_worker_id=task.assigner_worker_id,
            title=task.title,
            details=task.details,
            activity=task.activity,
            responsibility=task.responsibility,
            attested_conditions=task.attested_conditions,
            due_at=task.due_at,
            occurred_at=task.occurred_at,
            recorded_at=task.recorded_at,
            status=task.status,
            status_reason=task.status_reason,
            assigned_at=task.assigned_at,
            scope="undecided" if decision is None else "decided",
            decision=decision,
            unmet_conditions=unmet,
            review_due_at=task.review_due_at,
            approved_by_worker_id=task.approved_by_worker_id,
            retry_after_seconds=None,
        )


class TaskStepView(View):
    """One row of a task's history."""

    version: int
    command: TaskCommand
    status: TaskStatus
    by_worker_id: UUID | None
    reason: TaskReason | None
    note: str | None
    occurred_at: datetime
    recorded_at: datetime


class TaskHistoryView(View):
    """A task's history, oldest first."""

    items: tuple[TaskStepView, ...]
