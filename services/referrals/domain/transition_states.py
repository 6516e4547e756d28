"""The states of a transition: a person leaves one place of care on the way to the next."""

from enum import StrEnum

from services.referrals.domain.handoff_moves import Move, Party


class TransitionStatus(StrEnum):
    """Where a transition stands."""

    PLANNED = "planned"
    DISCHARGED = "discharged"
    RETRACTED = "retracted"
    CANCELLED = "cancelled"


class TransitionCommand(StrEnum):
    """What can be asked of a transition."""

    REPLAN = "replan"
    DISCHARGE = "discharge"
    RETRACT = "retract"
    CANCEL = "cancel"


class TransitionReason(StrEnum):
    """Why a transition was retracted or cancelled (HL7 v2 triggers beside the word they usually bring)."""

    DISCHARGE_CANCELLED = "discharge_cancelled"  # A13
    ADMISSION_CANCELLED = "admission_cancelled"  # A11
    PLAN_CANCELLED = "plan_cancelled"  # A25
    PLAN_CHANGED = "plan_changed"
    PERSON_DECLINED = "person_declined"
    TRANSFERRED = "transferred"
    ENTERED_IN_ERROR = "entered_in_error"
    PERSON_DIED = "person_died"
    DUPLICATE = "duplicate"


_SENDING_SIDE = frozenset({Party.SENDER, Party.CLINICAL, Party.SUPERVISOR, Party.SYSTEM})

TRANSITION_MOVES: tuple[Move[TransitionStatus, TransitionCommand], ...] = (
    Move(
        state=TransitionStatus.PLANNED,
        command=TransitionCommand.REPLAN,
        who=_SENDING_SIDE,
        next=TransitionStatus.PLANNED,
    ),
    Move(
        state=TransitionStatus.PLANNED,
        command=TransitionCommand.DISCHARGE,
        who=_SENDING_SIDE,
        next=TransitionStatus.DISCHARGED,
    ),
    Move(
        state=TransitionStatus.PLANNED,
        command=TransitionCommand.CANCEL,
        who=_SENDING_SIDE,
        next=TransitionStatus.CANCELLED,
        reason_required=True,
    ),
    # a cancelled admission or discharge may be heard of before the discharge itself: any order ends the same way
    Move(
        state=TransitionStatus.PLANNED,
        command=TransitionCommand.RETRACT,
        who=_SENDING_SIDE,
        next=TransitionStatus.RETRACTED,
        reason_required=True,
    ),
    Move(
        state=TransitionStatus.DISCHARGED,
        command=TransitionCommand.RETRACT,
        who=_SENDING_SIDE,
        next=TransitionStatus.RETRACTED,
        reason_required=True,
    ),
)
