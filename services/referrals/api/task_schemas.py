"""Requests and answers about tasks."""

from datetime import datetime
from typing import Self
from uuid import UUID

from services.referrals.api.consent_schemas import NoticeView
from services.referrals.api.fields import Code, Codes, Instant, Line, Note, RequestBody, View, Words
from services.referrals.domain.assignment import Wish
from services.referrals.domain.consent_words import Information
from services.referrals.domain.task import Task, TaskSeen
from services.referrals.domain.task_states import TaskCommand, TaskReason, TaskStatus
from services.referrals.use_cases.decide_review import ReviewDecision
from shared.contracts.codes import PracticeRole, Responsibility
from shared.contracts.scope import Alternative, ConditionFinding, RuleFinding, TaskPart, Verdict


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
    """A task. `scope` is `decided` or `undecided`: the guard has not answered, which is neither allowed nor denied.

    Readers of another house than the assigner's see neither the person nor anybody's own words (`title` is absent and
    `details` empty) unless a consent covers it; the notice of 42 CFR 2.32 then goes along.
    """

    id: UUID
    version: int
    programme_id: UUID
    person_id: UUID | None
    team_id: UUID | None
    assignee_worker_id: UUID
    assigner_worker_id: UUID
    title: str | None
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
    redisclosure_notice: NoticeView | None

    @classmethod
    def of_seen(cls, seen: TaskSeen) -> Self:
        """The view of a task as far as its reader may know of it."""
        view = cls.of(seen.task)
        hidden: dict[str, object] = {"redisclosure_notice": NoticeView.of(seen.basis)}
        if not seen.tells(Information.IDENTITY):
            hidden |= {"person_id": None}
        if not seen.tells(Information.REQUEST):
            # the guard repeats a mixed task part by part, in the words that were written
            decision = None if view.decision is None else view.decision.model_copy(update={"split": ()})
            hidden |= {"title": None, "details": "", "decision": decision}
        return view.model_copy(update=hidden)

    @classmethod
    def of(cls, task: Task) -> Self:
        """The whole view of a task as it stands, for whoever asked. `retry_after_seconds` is there while it waits to be asked again."""
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
            redisclosure_notice=None,
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
