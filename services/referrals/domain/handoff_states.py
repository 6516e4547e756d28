"""The states of a handoff: asking somebody to walk with a person, until that somebody has been reached by both."""

from enum import StrEnum

from services.referrals.domain.handoff_moves import Guard, Move, Party


class HandoffState(StrEnum):
    """Where a handoff stands. Declined and unanswered are not states: they lead to a new offer."""

    PREPARING = "preparing"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    INTRODUCED = "introduced"
    CONTACTED = "contacted"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


ENDED = frozenset({HandoffState.CLOSED, HandoffState.WITHDRAWN})
"""Nothing is owed on these any more."""


class HandoffCommand(StrEnum):
    """What can happen to a handoff. `offer`, `lapse`, `retract` and `rehome` follow from something else, nobody posts them."""

    OFFER = "offer"
    ACCEPT = "accept"
    DECLINE = "decline"
    LAPSE = "lapse"
    PREPARE = "preparation"
    INTRODUCE = "introduction"
    CONTACT = "first-contact"
    ATTEMPT = "contact-attempt"
    FOLLOW_UP = "follow-up"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    RETRACT = "retract"
    REHOME = "rehome"


class DeclineReason(StrEnum):
    """Two equal answers; neither is held against anybody."""

    CANT_RIGHT_NOW = "cant_right_now"
    OUTSIDE_MY_ROLE = "outside_my_role"


class WithdrawReason(StrEnum):
    """Why the sending side takes a handoff back while the discharge stands."""

    PERSON_DECLINED = "person_declined"
    REFERRED_ELSEWHERE = "referred_elsewhere"
    NO_LONGER_NEEDED = "no_longer_needed"
    ENTERED_IN_ERROR = "entered_in_error"
    PERSON_DIED = "person_died"
    READMITTED = "readmitted"


class Preparation(StrEnum):
    """What the sending side does before the person leaves; each meets the milestone of the same name."""

    MATCH_SUGGESTED = "match_suggested"
    CONSENT_ASKED = "consent_asked"
    BEDSIDE_VISIT = "bedside_visit"


class Outcome(StrEnum):
    """How a handoff ended (findhelp's closing words, 2-domain-facts section 3.1)."""

    GOT_HELP = "got_help"
    COULD_NOT_CONTACT = "could_not_contact"
    NO_CAPACITY = "no_capacity"
    NO_LONGER_INTERESTED = "no_longer_interested"
    REFERRED_ELSEWHERE = "referred_elsewhere"


class IntroductionChannel(StrEnum):
    """How the person and the peer met before the first contact."""

    BEDSIDE = "bedside"
    PHONE = "phone"


class ContactChannel(StrEnum):
    """How somebody was reached, or tried."""

    PHONE = "phone"
    IN_PERSON = "in_person"
    VIDEO = "video"
    TEXT = "text"


_SENDING_SIDE = frozenset({Party.SENDER, Party.CLINICAL, Party.SUPERVISOR})
_OFFEREE = frozenset({Party.OFFEREE})
_ACCEPTOR = frozenset({Party.ACCEPTOR})
_SYSTEM = frozenset({Party.SYSTEM})
_MAY_CLOSE = frozenset({Party.SENDER, Party.SUPERVISOR})

_S, _C = HandoffState, HandoffCommand


def _row(
    state: HandoffState,
    command: HandoffCommand,
    after: HandoffState,
    *,
    who: frozenset[Party],
    guard: Guard | None = None,
    reason_required: bool = False,
) -> Move[HandoffState, HandoffCommand]:
    return Move(state=state, command=command, next=after, who=who, guard=guard, reason_required=reason_required)


_AFTER_ACCEPTANCE = (_S.ACCEPTED, _S.INTRODUCED)

HANDOFF_MOVES: tuple[Move[HandoffState, HandoffCommand], ...] = (
    _row(_S.PREPARING, _C.PREPARE, _S.PREPARING, who=_SENDING_SIDE),
    _row(_S.PREPARING, _C.INTRODUCE, _S.PREPARING, who=_SENDING_SIDE),
    _row(_S.PREPARING, _C.OFFER, _S.OFFERED, who=_SYSTEM),
    _row(_S.OFFERED, _C.ACCEPT, _S.ACCEPTED, who=_OFFEREE, guard=Guard.NOT_INTRODUCED),
    _row(_S.OFFERED, _C.ACCEPT, _S.INTRODUCED, who=_OFFEREE, guard=Guard.INTRODUCED),
    _row(_S.OFFERED, _C.DECLINE, _S.OFFERED, who=_OFFEREE, guard=Guard.PEER_OFFER, reason_required=True),
    _row(_S.OFFERED, _C.LAPSE, _S.OFFERED, who=_SYSTEM),
    _row(_S.OFFERED, _C.INTRODUCE, _S.OFFERED, who=_SENDING_SIDE | _OFFEREE),
    _row(_S.OFFERED, _C.WITHDRAW, _S.WITHDRAWN, who=_SENDING_SIDE, reason_required=True),
    _row(_S.OFFERED, _C.CLOSE, _S.CLOSED, who=_MAY_CLOSE, reason_required=True),
    _row(_S.ACCEPTED, _C.INTRODUCE, _S.INTRODUCED, who=_SENDING_SIDE | _ACCEPTOR, guard=Guard.INTRODUCED),
    _row(_S.ACCEPTED, _C.INTRODUCE, _S.ACCEPTED, who=_SENDING_SIDE | _ACCEPTOR, guard=Guard.NOT_INTRODUCED),
    *(_row(state, _C.CONTACT, _S.CONTACTED, who=_ACCEPTOR) for state in _AFTER_ACCEPTANCE),
    *(_row(state, _C.ATTEMPT, state, who=_ACCEPTOR) for state in _AFTER_ACCEPTANCE),
    *(_row(state, _C.WITHDRAW, _S.WITHDRAWN, who=_SENDING_SIDE, reason_required=True) for state in _AFTER_ACCEPTANCE),
    *(
        _row(state, _C.CLOSE, _S.CLOSED, who=_MAY_CLOSE | _ACCEPTOR, reason_required=True)
        for state in _AFTER_ACCEPTANCE
    ),
    _row(_S.CONTACTED, _C.FOLLOW_UP, _S.CONTACTED, who=_ACCEPTOR),
    _row(_S.CONTACTED, _C.CLOSE, _S.CLOSED, who=_MAY_CLOSE | _ACCEPTOR, reason_required=True),
    # whoever had it cannot go on: somebody else is asked
    *(_row(state, _C.REHOME, _S.OFFERED, who=_SYSTEM) for state in (_S.OFFERED, *_AFTER_ACCEPTANCE, _S.CONTACTED)),
    # the discharge did not happen after all: whatever was done, the handoff is taken back
    *(
        _row(state, _C.RETRACT, _S.WITHDRAWN, who=_SYSTEM, reason_required=True)
        for state in _S
        if state is not _S.WITHDRAWN
    ),
)
