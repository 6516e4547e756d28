"""The task state machine: one table, from which the drawing in the README and the test of illegal moves are made."""

from dataclasses import dataclass
from enum import StrEnum

from services.referrals.domain.errors import IllegalMove


class TaskStatus(StrEnum):
    """Where a task stands; the glossary maps each to its FHIR word."""

    PROPOSED = "proposed"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    ON_HOLD = "on_hold"
    COMPLETED = "completed"
    DECLINED = "declined"
    FAILED = "failed"
    CANCELLED = "cancelled"


class TaskCommand(StrEnum):
    """What makes and moves a task. Those up to `refuse` follow the scope guard's answer and have no route of their own;
    `approve` and `turn_down` are the two words of a review; `release` follows when the assignee cannot go on, `end`
    when nobody is there any more whom it is about."""

    PROPOSE = "propose"
    ASSIGN = "assign"
    AWAIT_REVIEW = "await_review"
    REFUSE = "refuse"
    APPROVE = "approve"
    TURN_DOWN = "turn_down"
    RELEASE = "release"
    START = "start"
    HOLD = "hold"
    RESUME = "resume"
    COMPLETE = "complete"
    DECLINE = "decline"
    FAIL = "fail"
    CANCEL = "cancel"
    END = "end"


class Party(StrEnum):
    """Who a move belongs to. A second person supervises, and is neither who asked nor who was asked."""

    SCOPE_GUARD = "scope_guard"
    ASSIGNEE = "assignee"
    ASSIGNER = "assigner"
    SUPERVISOR = "supervisor"
    SECOND_PERSON = "second_person"
    SYSTEM = "system"


class TaskReason(StrEnum):
    """Why a task did not simply run its course."""

    OUT_OF_SCOPE = "out_of_scope"
    ASSIGNEE_LEFT = "assignee_left"
    ASSIGNEE_AWAY = "assignee_away"
    FITS_THE_ROLE = "fits_the_role"
    CONDITION_MET = "condition_met"
    CONDITION_NOT_MET = "condition_not_met"
    CANT_RIGHT_NOW = "cant_right_now"
    OUTSIDE_MY_ROLE = "outside_my_role"
    WAITING_FOR_PERSON = "waiting_for_person"
    WAITING_FOR_TEAM = "waiting_for_team"
    COULD_NOT_REACH = "could_not_reach"
    NO_LONGER_INTERESTED = "no_longer_interested"
    NO_LONGER_NEEDED = "no_longer_needed"
    DUPLICATE = "duplicate"
    PERSON_DIED = "person_died"
    OTHER = "other"


REASONS: dict[TaskCommand, frozenset[TaskReason]] = {
    TaskCommand.REFUSE: frozenset(
        {TaskReason.OUT_OF_SCOPE, TaskReason.ASSIGNEE_LEFT, TaskReason.ASSIGNEE_AWAY, TaskReason.OTHER}
    ),
    TaskCommand.APPROVE: frozenset({TaskReason.FITS_THE_ROLE, TaskReason.CONDITION_MET}),
    TaskCommand.TURN_DOWN: frozenset(
        {TaskReason.OUT_OF_SCOPE, TaskReason.CONDITION_NOT_MET, TaskReason.NO_LONGER_NEEDED, TaskReason.OTHER}
    ),
    TaskCommand.RELEASE: frozenset({TaskReason.ASSIGNEE_LEFT, TaskReason.ASSIGNEE_AWAY}),
    TaskCommand.HOLD: frozenset({TaskReason.WAITING_FOR_PERSON, TaskReason.WAITING_FOR_TEAM, TaskReason.OTHER}),
    TaskCommand.DECLINE: frozenset({TaskReason.CANT_RIGHT_NOW, TaskReason.OUTSIDE_MY_ROLE}),
    TaskCommand.FAIL: frozenset(
        {
            TaskReason.COULD_NOT_REACH,
            TaskReason.NO_LONGER_INTERESTED,
            TaskReason.CANT_RIGHT_NOW,
            TaskReason.OUTSIDE_MY_ROLE,
            TaskReason.OTHER,
        }
    ),
    TaskCommand.CANCEL: frozenset(
        {TaskReason.NO_LONGER_NEEDED, TaskReason.NO_LONGER_INTERESTED, TaskReason.DUPLICATE, TaskReason.OTHER}
    ),
    TaskCommand.END: frozenset({TaskReason.PERSON_DIED}),
}
"""Commands that need a reason, and the reasons each of them takes."""


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table. `only_if` is the guard of the move, in words."""

    state: TaskStatus
    command: TaskCommand
    who: frozenset[Party]
    next: TaskStatus
    only_if: str = ""

    @property
    def reason_required(self) -> bool:
        """Whether the move must say why."""
        return self.command in REASONS


_S, _C = TaskStatus, TaskCommand
_GUARD = frozenset({Party.SCOPE_GUARD})
_ASSIGNEE = frozenset({Party.ASSIGNEE})
_ASKING = frozenset({Party.ASSIGNER, Party.SUPERVISOR})
_SECOND_PERSON = frozenset({Party.SECOND_PERSON})

MOVES: tuple[Move, ...] = (
    Move(_S.PROPOSED, _C.ASSIGN, _GUARD, _S.ASSIGNED, only_if="the decision permits it and answers this very question"),
    Move(_S.PROPOSED, _C.AWAIT_REVIEW, _GUARD, _S.PROPOSED, only_if="a condition is unmet or a person must review"),
    Move(
        _S.PROPOSED,
        _C.REFUSE,
        _GUARD,
        _S.CANCELLED,
        only_if="the role may not do it, or who and where it was for is there no more",
    ),
    Move(
        _S.PROPOSED,
        _C.APPROVE,
        _SECOND_PERSON,
        _S.ASSIGNED,
        only_if="the scope guard has asked for a review or named a condition, and has not said no",
    ),
    Move(_S.PROPOSED, _C.TURN_DOWN, _SECOND_PERSON, _S.CANCELLED),
    Move(_S.PROPOSED, _C.CANCEL, _ASKING, _S.CANCELLED),
    Move(_S.ASSIGNED, _C.START, _ASSIGNEE, _S.IN_PROGRESS),
    Move(_S.ASSIGNED, _C.HOLD, _ASSIGNEE, _S.ON_HOLD),
    Move(_S.ASSIGNED, _C.COMPLETE, _ASSIGNEE, _S.COMPLETED),
    Move(_S.ASSIGNED, _C.DECLINE, _ASSIGNEE, _S.DECLINED),
    Move(_S.ASSIGNED, _C.FAIL, _ASSIGNEE, _S.FAILED),
    Move(_S.ASSIGNED, _C.CANCEL, _ASKING, _S.CANCELLED),
    Move(_S.IN_PROGRESS, _C.HOLD, _ASSIGNEE, _S.ON_HOLD),
    Move(_S.IN_PROGRESS, _C.COMPLETE, _ASSIGNEE, _S.COMPLETED),
    Move(_S.IN_PROGRESS, _C.FAIL, _ASSIGNEE, _S.FAILED),
    Move(_S.IN_PROGRESS, _C.CANCEL, _ASKING, _S.CANCELLED),
    Move(_S.ON_HOLD, _C.RESUME, _ASSIGNEE, _S.IN_PROGRESS),
    Move(_S.ON_HOLD, _C.COMPLETE, _ASSIGNEE, _S.COMPLETED),
    Move(_S.ON_HOLD, _C.FAIL, _ASSIGNEE, _S.FAILED),
    Move(_S.ON_HOLD, _C.CANCEL, _ASKING, _S.CANCELLED),
    *(
        Move(
            state, _C.RELEASE, frozenset({Party.SYSTEM}), _S.PROPOSED, only_if="the assignee left, is away, or may not"
        )
        for state in (_S.ASSIGNED, _S.IN_PROGRESS, _S.ON_HOLD)
    ),
    *(
        Move(state, _C.END, frozenset({Party.SYSTEM}), _S.CANCELLED, only_if="the person it is about has died")
        for state in (_S.PROPOSED, _S.ASSIGNED, _S.IN_PROGRESS, _S.ON_HOLD)
    ),
)

CLOSED = frozenset({TaskStatus.COMPLETED, TaskStatus.DECLINED, TaskStatus.FAILED, TaskStatus.CANCELLED})
WITH_ASSIGNEE = (TaskStatus.ASSIGNED, TaskStatus.IN_PROGRESS, TaskStatus.ON_HOLD)
"""While it is one of these, the assignee has it and may know whom it is about."""

_BY_STEP = {(move.state, move.command): move for move in MOVES}


def find_move(state: TaskStatus, command: TaskCommand) -> Move:
    """The row for this step. Raises IllegalMove where the table has none."""
    move = _BY_STEP.get((state, command))
    if move is None:
        raise IllegalMove(kind="task", state=state, command=command)
    return move
