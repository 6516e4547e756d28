"""Somebody cannot go on: has left, is away, stepped back, or lost the credential. What they held is looked after at once.

Custody goes to whoever is on call for the programme, an open offer to the next candidate, an accepted handoff is
offered anew. Nobody is asked why, and nothing of it counts as declined or unanswered.
"""

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from uuid import UUID

from services.referrals.domain.custody import CustodyCause
from services.referrals.domain.handoff_facts import FactKind, Moment
from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.handoff_moves import legal_moves
from services.referrals.domain.handoff_offering import offer_next
from services.referrals.domain.handoff_states import ENDED, HANDOFF_MOVES, HandoffCommand, HandoffState
from services.referrals.domain.handoffs import OfferStatus
from services.referrals.domain.matcher import Candidate
from services.referrals.domain.transition_corrections import is_live


class Unable(StrEnum):
    """Why somebody cannot go on; the record says less (`told`)."""

    LEFT = "assignee_left"
    AWAY = "assignee_away"
    CREDENTIAL_LAPSED = "credential_lapsed"

    @property
    def told(self) -> "Unable":
        """What others may read: that a colleague left is known to all, what else keeps somebody away is private."""
        return self if self is Unable.LEFT else Unable.AWAY


def rehome(journey: Journey, *, worker_id: UUID, why: Unable, candidates: Sequence[Candidate], at: Moment) -> bool:
    """Take everything of this journey from the worker's hands; whether there was anything.

    What nobody else can take stays visible where it is: a duty owner who is away, with nobody on call.
    """
    if not is_live(journey):
        return False
    version = (journey.transition.version, journey.handoff.version)
    _pass_on_custody(journey, worker_id=worker_id, at=at)
    _pass_on_handoff(journey, worker_id=worker_id, why=why, candidates=candidates, at=at)
    if (journey.transition.version, journey.handoff.version) == version:
        return False
    journey.settle(at=at, by=None, back_because=CustodyCause.REHOMED)
    return True


def _pass_on_custody(journey: Journey, *, worker_id: UUID, at: Moment) -> None:
    """The sending side has a new face; who sent it first stays in the history."""
    duty = journey.duty_owner_worker_id
    if journey.transition.owner_worker_id == worker_id != duty and journey.transition.origin_worker_id != duty:
        journey.change_transition(None, at=at, origin_worker_id=duty)


def _pass_on_handoff(
    journey: Journey, *, worker_id: UUID, why: Unable, candidates: Sequence[Candidate], at: Moment
) -> None:
    handoff = journey.handoff
    if handoff.suggested_worker_id == worker_id and handoff.state is HandoffState.PREPARING:
        journey.change_handoff(None, at=at, suggested_worker_id=None)
        journey.note(FactKind.REHOMED, at=at, by=None, worker_id=worker_id, code=why.told.value)
        return
    if handoff.worker_id != worker_id or handoff.state in ENDED or worker_id == journey.duty_owner_worker_id:
        return
    legal_moves(HANDOFF_MOVES, kind="handoff", state=handoff.state, command=HandoffCommand.REHOME)
    journey.answer_open_offer(OfferStatus.WITHDRAWN, at=at, reason=why.told.value)
    journey.handoff = replace(handoff, accepted_by=None, accepted_at=None, contacted_at=None)
    journey.note(FactKind.REHOMED, at=at, by=None, worker_id=worker_id, code=why.told.value)
    others = [one for one in candidates if one.worker_id != worker_id]
    offer_next(journey, candidates=others, at=at, by=None)
