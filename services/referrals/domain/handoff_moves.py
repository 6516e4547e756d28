"""How a state machine is written down here: one row per move, and who may make it (contracts, "State machines").

The tables themselves are in `transition_states.py` and `handoff_states.py`; the tests of illegal moves are generated
from them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from services.referrals.domain.errors import IllegalMove, NotYours


class Party(StrEnum):
    """What somebody is to one transition and its handoff. One account may be several of these."""

    SENDER = "sender"
    """The worker who began it, or the programme's duty owner where nobody did."""
    CLINICAL = "clinical_colleague"
    """Of the house that sends; so is a supervisor (`handoff_houses.py`)."""
    SUPERVISOR = "supervisor"
    RECEIVING = "receiving_house"
    """Staff of the house that is asked to walk on: they read, and what they change they change as somebody else here."""
    OFFEREE = "offeree"
    """Asked just now; of an escalated offer, every supervisor of either house with a worker of his own is."""
    ACCEPTOR = "acceptor"
    FORMER_OFFEREE = "former_offeree"
    """Asked earlier; may be told that it has moved on, and nothing else."""
    SYSTEM = "system"


class Guard(StrEnum):
    """What must also hold for a move; two rows of the same state and command differ by it."""

    NOT_INTRODUCED = "the person has not been introduced to the one who accepts"
    INTRODUCED = "the person has been introduced to the one who accepts"
    PEER_OFFER = "the offer is not an escalation"


StateT = TypeVar("StateT", bound=StrEnum)
CommandT = TypeVar("CommandT", bound=StrEnum)


@dataclass(frozen=True, kw_only=True, slots=True)
class Move(Generic[StateT, CommandT]):
    """From `state`, `command` leads to `next` when one of `who` asks and `guard` holds."""

    state: StateT
    command: CommandT
    who: frozenset[Party]
    next: StateT
    guard: Guard | None = None
    reason_required: bool = False


def legal_moves(
    table: Iterable[Move[StateT, CommandT]], *, kind: str, state: StateT, command: CommandT
) -> tuple[Move[StateT, CommandT], ...]:
    """The rows for this state and command. Raises IllegalMove when there is none."""
    found = tuple(move for move in table if move.state is state and move.command is command)
    if not found:
        raise IllegalMove(kind=kind, state=state.value, command=command.value)
    return found


def check_who(moves: Iterable[Move[StateT, CommandT]], *, parties: frozenset[Party], command: CommandT) -> None:
    """Raise NotYours unless one of `parties` may make one of `moves`."""
    allowed = frozenset[Party]().union(*(move.who for move in moves))
    if not allowed & parties:
        raise NotYours(command=command.value, belongs_to=tuple(sorted(party.value for party in allowed)))
