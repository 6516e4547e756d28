"""A task: asked of one worker, and theirs only by the scope guard's explicit word."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.consent_words import Information
from services.referrals.domain.directory import Record
from services.referrals.domain.errors import IllegalMove, InvalidField, NotFound, NotYours
from services.referrals.domain.redisclosure import Basis
from services.referrals.domain.task_states import (
    CLOSED,
    REASONS,
    Party,
    TaskCommand,
    TaskReason,
    TaskStatus,
    find_move,
)
from shared.contracts.codes import Responsibility
from shared.contracts.scope import DecideRequest, Decision, Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class Task(Record):
    """`question` is what the guard was asked; `decision` what it said (absent while undecided).

    `ask_again_at` is set exactly while the guard has not answered; `undecided_because` then holds a code.
    `review_due_at` is set while a second person has to look, or a condition has to be met.
    `assigned_at` stays for good once the guard, or after its question for a review a second person, has permitted the
    assignment; `approved_by_worker_id` is that second person.
    """

    programme_id: UUID
    assignee_worker_id: UUID
    assigner_worker_id: UUID
    title: str
    question: DecideRequest
    status: TaskStatus
    occurred_at: datetime
    details: str = ""
    person_id: UUID | None = None
    team_id: UUID | None = None
    activity: str | None = None
    responsibility: Responsibility = Responsibility.ASSIST
    attested_conditions: tuple[str, ...] = ()
    due_at: datetime | None = None
    status_reason: TaskReason | None = None
    asked_times: int = 1
    ask_again_at: datetime | None = None
    undecided_because: str | None = None
    decision: Decision | None = None
    assigned_at: datetime | None = None
    review_due_at: datetime | None = None
    approved_by_worker_id: UUID | None = None

    @property
    def may_be_approved(self) -> bool:
        """Whether a second person's word is waited for: never while the guard is silent, and never against its no."""
        return self.decision is not None and self.decision.verdict is not Verdict.OUT_OF_SCOPE

    @property
    def is_closed(self) -> bool:
        """Whether no further move exists."""
        return self.status in CLOSED

    def parties_of(self, by: Actor, *, at_home: bool) -> frozenset[Party]:
        """Which of the table's parties the caller is for this task. Whoever supervises does so in their own house."""
        parties = set()
        if by.worker_id is not None and by.worker_id == self.assignee_worker_id:
            parties.add(Party.ASSIGNEE)
        if by.worker_id is not None and by.worker_id == self.assigner_worker_id:
            parties.add(Party.ASSIGNER)
        if by.supervises and at_home:
            parties.add(Party.SUPERVISOR)
            if by.worker_id is not None and not parties & {Party.ASSIGNEE, Party.ASSIGNER}:
                parties.add(Party.SECOND_PERSON)
        return frozenset(parties)

    def visible_to(self, by: Actor, *, at_home: bool) -> bool:
        """Whether the caller may know of this task. What was never assigned is not the assignee's business.

        `at_home`: who asked or who was asked works in the caller's organisation, or the caller administers the network.
        """
        if by.tenant_id != self.tenant_id:
            return False
        parties = self.parties_of(by, at_home=at_home)
        if (by.sees_whole_tenant and at_home) or Party.ASSIGNER in parties:
            return True
        return Party.ASSIGNEE in parties and self.assigned_at is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskSeen:
    """A task as one reader finds it: `at_home` as above; `itself` where they know whom it is about without any consent.

    `basis` is the consent on which a reader of another organisation than the assigner's is told, where there is one.
    """

    task: Task
    at_home: bool
    itself: bool
    basis: Basis | None = None

    @property
    def id(self) -> UUID:
        """The task's."""
        return self.task.id

    @property
    def version(self) -> int:
        """The task's."""
        return self.task.version

    def tells(self, information: Information) -> bool:
        """Whether the reader may know this much: the person, or what somebody wrote in words of their own."""
        return self.itself or (self.basis is not None and information in self.basis.information)


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskStep:
    """One row of a task's append-only history. `by_worker_id` is absent for the scope guard's own word."""

    tenant_id: UUID
    task_id: UUID
    version: int
    command: TaskCommand
    status: TaskStatus
    occurred_at: datetime
    recorded_at: datetime
    by_worker_id: UUID | None = None
    reason: TaskReason | None = None
    note: str | None = None


def move_task(
    task: Task,
    command: TaskCommand,
    *,
    by: Actor,
    at_home: bool,
    at: datetime,
    recorded_at: datetime,
    reason: TaskReason | None = None,
    note: str | None = None,
) -> tuple[Task, TaskStep]:
    """The task after a person's command, and the history row that tells of it; `at` is when it happened.

    Raises NotFound, IllegalMove, NotYours, InvalidField (reason missing, not one for this command, or not wanted).
    """
    if not task.visible_to(by, at_home=at_home):
        raise NotFound("task")
    move = find_move(task.status, command)
    if not move.who & task.parties_of(by, at_home=at_home):
        raise NotYours(command=command, belongs_to=tuple(sorted(move.who)))
    _check_reason(command, reason)
    moved = replace(
        task, status=move.next, status_reason=reason, version=task.version + 1, ask_again_at=None, review_due_at=None
    )
    if command is TaskCommand.APPROVE:
        if not task.may_be_approved:
            raise IllegalMove(kind="task", state=task.status, command=command)
        moved = replace(moved, assigned_at=recorded_at, approved_by_worker_id=by.acting_worker())
    return moved, step_of(moved, command, by_worker_id=by.worker_id, note=note, at=at, recorded_at=recorded_at)


def step_of(
    task: Task,
    command: TaskCommand,
    *,
    at: datetime,
    recorded_at: datetime,
    by_worker_id: UUID | None = None,
    note: str | None = None,
) -> TaskStep:
    """The history row for the version that `task` has just reached."""
    return TaskStep(
        tenant_id=task.tenant_id,
        task_id=task.id,
        version=task.version,
        command=command,
        status=task.status,
        by_worker_id=by_worker_id,
        reason=task.status_reason,
        note=note,
        occurred_at=at,
        recorded_at=recorded_at,
    )


def _check_reason(command: TaskCommand, reason: TaskReason | None) -> None:
    allowed = REASONS.get(command)
    if allowed is None:
        if reason is not None:
            raise InvalidField("reason_not_wanted", pointer="/reason")
        return
    if reason is None:
        raise InvalidField("reason_required", pointer="/reason")
    if reason not in allowed:
        raise InvalidField("reason_not_for_this_step", pointer="/reason")
