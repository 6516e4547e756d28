"""The business status beside the state: where the matter stands between the people, with a legal table of its own.

It never moves the state. "Cancellation requested" is the first half of a handshake: the requester asks, and the
recipient either confirms (`cancel`) or answers that it is done already (`complete`).
"""

from dataclasses import dataclass
from enum import StrEnum

from services.referrals.domain.errors import IllegalMove
from services.referrals.domain.referral_states import ReferralParty, ReferralStatus


class BusinessStatus(StrEnum):
    """BSeR's and findhelp's words between the start and the end; closing words are in `referral_words.py`."""

    NONE = "none"
    SCHEDULED = "scheduled"
    NO_SHOW = "no_show"
    APPOINTMENT_CANCELLED = "appointment_cancelled"
    WAITING_FOR_INFORMATION = "waiting_for_information"
    WAITLISTED = "waitlisted"
    CANCELLATION_REQUESTED = "cancellation_requested"


class ProgressStep(StrEnum):
    """What can be reported of a referral without moving its state."""

    SCHEDULE = "schedule"
    NO_SHOW = "no-show"
    CANCEL_APPOINTMENT = "cancel-appointment"
    ASK_FOR_INFORMATION = "ask-for-information"
    GIVE_INFORMATION = "give-information"
    WAITLIST = "waitlist"
    ASK_TO_CANCEL = "ask-to-cancel"


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgressMove:
    """From business status `state`, while the referral is in one of `during`, `command` leads to `next`."""

    state: BusinessStatus
    command: ProgressStep
    who: frozenset[ReferralParty]
    next: BusinessStatus
    during: frozenset[ReferralStatus]


_B, _T, _P, _S = BusinessStatus, ProgressStep, ReferralParty, ReferralStatus

_RECEIVING = frozenset({_P.RECIPIENT, _P.LEAD})
_ASKED = _RECEIVING | {_P.MEMBER}
_REQUESTER = frozenset({_P.REQUESTER})
_WORKING = frozenset({_S.ACCEPTED, _S.IN_PROGRESS, _S.ON_HOLD})
_MEETING = frozenset({_S.ACCEPTED, _S.IN_PROGRESS})
_UNANSWERED = _WORKING | {_S.REQUESTED}
_QUIET = (_B.NONE, _B.NO_SHOW, _B.APPOINTMENT_CANCELLED, _B.WAITING_FOR_INFORMATION, _B.WAITLISTED)


def _row(
    state: BusinessStatus,
    command: ProgressStep,
    after: BusinessStatus,
    who: frozenset[ReferralParty],
    *,
    during: frozenset[ReferralStatus],
) -> ProgressMove:
    return ProgressMove(state=state, command=command, next=after, who=who, during=during)


PROGRESS_MOVES: tuple[ProgressMove, ...] = (
    *(_row(state, _T.SCHEDULE, _B.SCHEDULED, _RECEIVING, during=_MEETING) for state in (*_QUIET, _B.SCHEDULED)),
    _row(_B.SCHEDULED, _T.NO_SHOW, _B.NO_SHOW, _RECEIVING, during=_MEETING),
    _row(_B.SCHEDULED, _T.CANCEL_APPOINTMENT, _B.APPOINTMENT_CANCELLED, _RECEIVING | _REQUESTER, during=_MEETING),
    *(
        _row(state, _T.ASK_FOR_INFORMATION, _B.WAITING_FOR_INFORMATION, _ASKED, during=_UNANSWERED)
        for state in (_B.NONE, _B.NO_SHOW, _B.APPOINTMENT_CANCELLED, _B.WAITLISTED)
    ),
    _row(_B.WAITING_FOR_INFORMATION, _T.GIVE_INFORMATION, _B.NONE, _REQUESTER, during=_UNANSWERED),
    *(
        _row(state, _T.WAITLIST, _B.WAITLISTED, _ASKED, during=_UNANSWERED)
        for state in (_B.NONE, _B.WAITING_FOR_INFORMATION)
    ),
    *(
        _row(state, _T.ASK_TO_CANCEL, _B.CANCELLATION_REQUESTED, _REQUESTER, during=_WORKING)
        for state in _B
        if state is not _B.CANCELLATION_REQUESTED
    ),
)


def progress_move(state: BusinessStatus, step: ProgressStep, *, status: ReferralStatus) -> ProgressMove:
    """The row for this step now. Raises IllegalMove, which names the state that stands in the way."""
    for move in PROGRESS_MOVES:
        if move.state is state and move.command is step:
            if status in move.during:
                return move
            raise IllegalMove(kind="referral", state=status.value, command=step.value)
    standing = status.value if state is BusinessStatus.NONE else state.value
    raise IllegalMove(kind="referral", state=standing, command=step.value)
