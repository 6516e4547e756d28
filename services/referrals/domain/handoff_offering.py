"""Asking the next worker: a peer while there is one to ask, then the programme's duty owner."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from services.referrals.domain.handoff_facts import FactKind, Moment
from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.handoff_states import HandoffState
from services.referrals.domain.handoffs import Offer, OfferStatus
from services.referrals.domain.matcher import Candidate, Match, Need, rank
from shared.contracts.codes import OfferKind

_DUTY = "duty owner of this programme: nobody else is left to ask"


def need_of(journey: Journey, *, off_hours: bool = False) -> Need:
    """What the matcher is asked: the peer who was introduced comes first, then the one suggested."""
    handoff = journey.handoff
    liked = (handoff.introduced_peer_id, handoff.suggested_worker_id)
    return Need(
        endorsements=journey.protocol.endorsements.get(journey.setting, frozenset()),
        language=journey.language,
        asked_before=frozenset(offer.worker_id for offer in journey.offers if offer.kind is OfferKind.PEER_OFFER),
        off_hours=off_hours,
        preferred=tuple(dict.fromkeys(worker for worker in liked if worker is not None)),
    )


def offer_next(journey: Journey, *, candidates: Sequence[Candidate], at: Moment, by: UUID | None) -> None:
    """Make the next offer. An offer counts from when we make it, however late the discharge was entered."""
    unanswered = sum(offer.status is OfferStatus.UNANSWERED for offer in journey.offers)
    off_hours = not journey.there.calendar.is_open(at.recorded_at)
    ranked = rank(candidates, need=need_of(journey, off_hours=off_hours))
    if ranked and unanswered < journey.protocol.unanswered_before_escalation:
        _offer(journey, to=ranked[0], kind=OfferKind.PEER_OFFER, at=at, by=by)
    else:
        duty = Match(worker_id=journey.duty_owner_worker_id, because=(_DUTY,))
        _offer(journey, to=duty, kind=OfferKind.SUPERVISOR_ESCALATION, at=at, by=by)


def _offer(journey: Journey, *, to: Match, kind: OfferKind, at: Moment, by: UUID | None) -> None:
    rule = journey.protocol.peer_offer if kind is OfferKind.PEER_OFFER else journey.protocol.escalation
    number = journey.handoff.offer_number + 1
    offer = Offer(
        offer_number=number,
        worker_id=to.worker_id,
        kind=kind,
        ladder=rule.ladder,
        offered_at=at.recorded_at,
        respond_by=at.recorded_at + max(rule.respond_within, timedelta(seconds=1)),
        because=to.because,
    )
    journey.offers = (*journey.offers, offer)
    journey.change_handoff(
        None, at=at, state=HandoffState.OFFERED, offer_number=number, worker_id=to.worker_id, attention=None
    )
    kind_of_fact = FactKind.OFFERED if kind is OfferKind.PEER_OFFER else FactKind.ESCALATED
    journey.note(kind_of_fact, at=at, by=by, worker_id=to.worker_id, offer_number=number)
    journey.announce_offer(offer, at=at)
