"""The referral state machine: Gravity's profile of FHIR Task, in one table.

The drawing in `services/referrals/STATES.md` and the exhaustive test of illegal moves are made from it. Who may set what is
Gravity's too: the requester drafts, requests and marks errors, the recipient answers and works, both may cancel (the
requester after acceptance by asking, see `referral_progress.py`). Beyond Gravity, the requester may *close* a
referral on their own or the person's word: a loop that only one side can close stays open.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from services.referrals.domain.errors import IllegalMove
from services.referrals.domain.referral_words import ReferralReason


class ReferralStatus(StrEnum):
    """Where a referral stands; FHIR writes the underscores as hyphens."""

    DRAFT = "draft"
    REQUESTED = "requested"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    IN_PROGRESS = "in_progress"
    ON_HOLD = "on_hold"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    ENTERED_IN_ERROR = "entered_in_error"


class ReferralCommand(StrEnum):
    """What can happen to a referral. `assign`, `overdue`, `follow`, `consent-revoked` and `end` come from a rule; nobody posts them."""

    REQUEST = "request"
    ACCEPT = "accept"
    ASSIGN = "assign"
    REJECT = "reject"
    START = "start"
    HOLD = "hold"
    RESUME = "resume"
    COMPLETE = "complete"
    FAIL = "fail"
    UNACCEPT = "unaccept"
    CANCEL = "cancel"
    CLOSE = "close"
    REROUTE = "reroute"
    OVERDUE = "overdue"
    FOLLOW = "follow"
    CONSENT_REVOKED = "consent-revoked"
    END = "end"
    MARK_ERROR = "mark-error"


class ReferralParty(StrEnum):
    """What somebody is to a referral. One account may be several of these."""

    REQUESTER = "requester"
    """Who asked, who passes it on as an intermediary, and clinical and supervising colleagues of their organisations."""
    RECIPIENT = "recipient"
    """The worker who was asked directly, or who has taken it."""
    MEMBER = "qualified_team_member"
    """Of the team that was asked, while nobody has taken it."""
    LEAD = "recipient_supervisor"
    SYSTEM = "system"


class ReferralGuard(StrEnum):
    """What must also hold for a move; two rows of the same state and command differ by it, or by who asks."""

    DIRECT = "the model assigns directly, and the scope guard has permitted it"
    HELPED = "the closing word is that help came"
    NOT_HELPED = "the closing word is any other"
    GOODBYE = "the planned goodbye was said, where the model ends with one"
    CHILDREN_DONE = "every referral passed on from this one is completed, and it was asked to follow them"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReferralMove:
    """From `state`, `command` leads to `next` when one of `who` asks and `guard` holds.

    `reasons` are those that may be given; where there are some, one is required. `closing_word` says whether the
    command says how it ended.
    """

    state: ReferralStatus
    command: ReferralCommand
    who: frozenset[ReferralParty]
    next: ReferralStatus
    guard: ReferralGuard | None = None
    reasons: frozenset[ReferralReason] = frozenset()
    closing_word: bool = False

    @property
    def reason_required(self) -> bool:
        """Whether the command must say why."""
        return bool(self.reasons)


_S, _C, _P, _R = ReferralStatus, ReferralCommand, ReferralParty, ReferralReason

WORKING = (_S.ACCEPTED, _S.IN_PROGRESS, _S.ON_HOLD)
"""Somebody has it."""
ENDED = frozenset({_S.REJECTED, _S.CANCELLED, _S.COMPLETED, _S.FAILED, _S.ENTERED_IN_ERROR})
OPEN = tuple(status for status in _S if status not in ENDED)

_REQUESTER = frozenset({_P.REQUESTER})
_RECIPIENT = frozenset({_P.RECIPIENT})
_RECEIVING = frozenset({_P.RECIPIENT, _P.LEAD})
_MEMBER = frozenset({_P.MEMBER})
_ASKED = _RECIPIENT | _MEMBER
_SYSTEM = frozenset({_P.SYSTEM})

_TEAM_DECLINES = frozenset({_R.NO_CAPACITY, _R.NOT_ELIGIBLE, _R.REFERRED_ELSEWHERE, _R.PERSON_DECLINED})
_DECLINES = _TEAM_DECLINES | {_R.CANT_RIGHT_NOW, _R.OUTSIDE_MY_ROLE}
_CANCELS = frozenset({_R.NO_LONGER_NEEDED, _R.PERSON_DECLINED, _R.DUPLICATE, _R.REFERRED_ELSEWHERE})
_HOLDS = frozenset({_R.WAITING_FOR_PERSON, _R.WAITING_FOR_TEAM})
_REVOKED = frozenset({_R.CONSENT_REVOKED})
_DIED = frozenset({_R.PERSON_DIED})
_FAILURES = frozenset(
    {_R.COULD_NOT_CONTACT, _R.NO_LONGER_INTERESTED, _R.NO_CAPACITY, _R.NOT_ELIGIBLE, _R.REFERRED_ELSEWHERE}
)
_STEPS_BACK = frozenset({_R.STEPPED_BACK, _R.OUTSIDE_MY_ROLE, _R.CANT_RIGHT_NOW, _R.NO_CAPACITY})


def _row(
    state: ReferralStatus,
    command: ReferralCommand,
    after: ReferralStatus,
    who: frozenset[ReferralParty],
    *,
    guard: ReferralGuard | None = None,
    reasons: frozenset[ReferralReason] = frozenset(),
    closing_word: bool = False,
) -> ReferralMove:
    return ReferralMove(
        state=state, command=command, next=after, who=who, guard=guard, reasons=reasons, closing_word=closing_word
    )


def _while_working(state: ReferralStatus) -> tuple[ReferralMove, ...]:
    return (
        _row(state, _C.COMPLETE, _S.COMPLETED, _RECEIVING, guard=ReferralGuard.GOODBYE, closing_word=True),
        _row(state, _C.FAIL, _S.FAILED, _RECEIVING, reasons=_FAILURES),
        _row(state, _C.UNACCEPT, _S.FAILED, _RECIPIENT, reasons=_STEPS_BACK),
        _row(state, _C.CANCEL, _S.CANCELLED, _RECEIVING, reasons=_CANCELS),
        _row(state, _C.CLOSE, _S.COMPLETED, _REQUESTER, guard=ReferralGuard.HELPED, closing_word=True),
        _row(state, _C.CLOSE, _S.FAILED, _REQUESTER, guard=ReferralGuard.NOT_HELPED, closing_word=True),
        _row(state, _C.FOLLOW, _S.COMPLETED, _SYSTEM, guard=ReferralGuard.CHILDREN_DONE),
    )


REFERRAL_MOVES: tuple[ReferralMove, ...] = (
    _row(_S.DRAFT, _C.REQUEST, _S.REQUESTED, _REQUESTER),
    _row(_S.REQUESTED, _C.ACCEPT, _S.ACCEPTED, _ASKED),
    _row(_S.REQUESTED, _C.ASSIGN, _S.ACCEPTED, _SYSTEM, guard=ReferralGuard.DIRECT),
    _row(_S.REQUESTED, _C.REJECT, _S.REJECTED, _RECEIVING, reasons=_DECLINES),
    # one of several speaks for all of them, or leaves it to the others: what is only about them ends nothing
    _row(_S.REQUESTED, _C.REJECT, _S.REJECTED, _MEMBER, reasons=_TEAM_DECLINES),
    _row(_S.REQUESTED, _C.CANCEL, _S.CANCELLED, _REQUESTER | _RECEIVING, reasons=_CANCELS),
    _row(_S.REQUESTED, _C.REROUTE, _S.CANCELLED, _REQUESTER),
    _row(_S.REQUESTED, _C.OVERDUE, _S.REQUESTED, _SYSTEM),
    _row(_S.ACCEPTED, _C.START, _S.IN_PROGRESS, _RECIPIENT),
    _row(_S.ACCEPTED, _C.HOLD, _S.ON_HOLD, _RECEIVING, reasons=_HOLDS),
    _row(_S.IN_PROGRESS, _C.HOLD, _S.ON_HOLD, _RECEIVING, reasons=_HOLDS),
    _row(_S.ON_HOLD, _C.RESUME, _S.IN_PROGRESS, _RECIPIENT),
    # the person took their consent back: what nobody has relied on is withdrawn, what somebody does waits
    _row(_S.REQUESTED, _C.CONSENT_REVOKED, _S.CANCELLED, _SYSTEM, reasons=_REVOKED),
    *(_row(state, _C.CONSENT_REVOKED, _S.ON_HOLD, _SYSTEM, reasons=_REVOKED) for state in WORKING),
    # the person died: there is nobody left to walk with (a draft was never asked of anybody, and Gravity has no way out of it)
    *(_row(state, _C.END, _S.CANCELLED, _SYSTEM, reasons=_DIED) for state in (_S.REQUESTED, *WORKING)),
    *(row for state in WORKING for row in _while_working(state)),
    # what has ended without help may be asked of somebody else: the old record stays as it is
    _row(_S.REJECTED, _C.REROUTE, _S.REJECTED, _REQUESTER),
    _row(_S.FAILED, _C.REROUTE, _S.FAILED, _REQUESTER),
    *(_row(state, _C.MARK_ERROR, _S.ENTERED_IN_ERROR, _REQUESTER) for state in _S if state is not _S.ENTERED_IN_ERROR),
)


def referral_moves(state: ReferralStatus, command: ReferralCommand) -> tuple[ReferralMove, ...]:
    """The rows for this state and command. Raises IllegalMove when there is none."""
    found = tuple(move for move in REFERRAL_MOVES if move.state is state and move.command is command)
    if not found:
        raise IllegalMove(kind="referral", state=state.value, command=command.value)
    return found


def reasons_for(
    command: ReferralCommand, *, moves: Iterable[ReferralMove] = REFERRAL_MOVES
) -> frozenset[ReferralReason]:
    """Every reason that this command may give in some state."""
    return frozenset[ReferralReason]().union(*(move.reasons for move in moves if move.command is command))
