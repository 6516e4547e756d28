"""Journeys as rows, and rows as journeys: mapped by hand."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from services.referrals.domain.custody import Custody, CustodyCause, CustodyEntry
from services.referrals.domain.handoff_facts import Attention, FactKind, HandoffFact, Moment
from services.referrals.domain.handoff_states import HandoffState, Outcome
from services.referrals.domain.handoffs import Handoff, Offer, OfferStatus
from services.referrals.domain.milestones import Milestone
from services.referrals.domain.protocols import EscalationRole
from services.referrals.domain.transition_states import TransitionStatus
from services.referrals.domain.transitions import Transition
from shared.contracts.codes import MilestoneCode, OfferKind
from shared.identifiers import new_id

Row = Mapping[Any, Any]

_TRANSITION_AS_IT_IS = (
    "id",
    "tenant_id",
    "person_id",
    "programme_id",
    "origin_worker_id",
    "sender_worker_id",
    "protocol_code",
    "protocol_version",
    "visit_reference",
    "expected_at",
    "discharged_at",
    "loop_closed_at",
    "version",
)
_HANDOFF_AS_IT_IS = (
    "id",
    "tenant_id",
    "transition_id",
    "version",
    "offer_number",
    "suggested_worker_id",
    "worker_id",
    "introduced_at",
    "introduced_peer_id",
    "accepted_by",
    "accepted_at",
    "contacted_at",
    "ended_at",
)


def transition_row(transition: Transition) -> dict[str, Any]:
    """Every column but `recorded_at`, which is written once."""
    return {name: getattr(transition, name) for name in _TRANSITION_AS_IT_IS} | {
        "status": transition.status.value,
        "owner_worker_id": transition.custody.owner_worker_id,
        "custody_sequence": transition.custody.sequence,
        "custody_since": transition.custody.since,
    }


def transition_of(row: Row) -> Transition:
    """A transition from a row that holds at least its columns."""
    return Transition(
        **{name: row[name] for name in _TRANSITION_AS_IT_IS},
        status=TransitionStatus(row["status"]),
        custody=Custody(
            owner_worker_id=row["owner_worker_id"], sequence=row["custody_sequence"], since=row["custody_since"]
        ),
    )


def handoff_row(handoff: Handoff) -> dict[str, Any]:
    """Every column but `recorded_at`, which is written once."""
    return {name: getattr(handoff, name) for name in _HANDOFF_AS_IT_IS} | {
        "state": handoff.state.value,
        "outcome": None if handoff.outcome is None else handoff.outcome.value,
        "attention": None if handoff.attention is None else handoff.attention.value,
    }


def handoff_of(row: Row) -> Handoff:
    """A handoff from a row that holds at least its columns."""
    return Handoff(
        **{name: row[name] for name in _HANDOFF_AS_IT_IS},
        state=HandoffState(row["state"]),
        outcome=None if row["outcome"] is None else Outcome(row["outcome"]),
        attention=None if row["attention"] is None else Attention(row["attention"]),
    )


def offer_row(offer: Offer, *, handoff: Handoff) -> dict[str, Any]:
    """The row of an offer."""
    return {
        "tenant_id": handoff.tenant_id,
        "handoff_id": handoff.id,
        "offer_number": offer.offer_number,
        "worker_id": offer.worker_id,
        "kind": offer.kind.value,
        "ladder": offer.ladder,
        "because": list(offer.because),
        "status": offer.status.value,
        "reason": offer.reason,
        "offered_at": offer.offered_at,
        "respond_by": offer.respond_by,
        "answered_at": offer.answered_at,
    }


def offer_of(document: Row) -> Offer:
    """An offer from PostgreSQL's JSON form of its row."""
    return Offer(
        offer_number=document["offer_number"],
        worker_id=UUID(document["worker_id"]),
        kind=OfferKind(document["kind"]),
        ladder=document["ladder"],
        because=tuple(document["because"]),
        status=OfferStatus(document["status"]),
        reason=document["reason"],
        offered_at=datetime.fromisoformat(document["offered_at"]),
        respond_by=datetime.fromisoformat(document["respond_by"]),
        answered_at=_instant(document["answered_at"]),
    )


def milestone_row(milestone: Milestone, *, handoff: Handoff) -> dict[str, Any]:
    """The row of a milestone."""
    return {
        "tenant_id": handoff.tenant_id,
        "handoff_id": handoff.id,
        "code": milestone.key,
        "due_at": milestone.due_at,
        "opens_at": milestone.opens_at,
        "escalate_to": None if milestone.escalate_to is None else milestone.escalate_to.value,
        "met_at": milestone.met_at,
        "met_recorded_at": milestone.met_recorded_at,
        "missed_at": milestone.missed_at,
        "lifted_at": milestone.lifted_at,
        "resets": milestone.resets,
    }


def milestone_of(document: Row) -> Milestone:
    """A milestone from PostgreSQL's JSON form of its row."""
    code, _, number = document["code"].partition(".")
    return Milestone(
        code=MilestoneCode(code),
        occurrence=int(number or 1),
        due_at=datetime.fromisoformat(document["due_at"]),
        opens_at=_instant(document["opens_at"]),
        escalate_to=None if document["escalate_to"] is None else EscalationRole(document["escalate_to"]),
        met_at=_instant(document["met_at"]),
        met_recorded_at=_instant(document["met_recorded_at"]),
        missed_at=_instant(document["missed_at"]),
        lifted_at=_instant(document["lifted_at"]),
        resets=document["resets"],
    )


def fact_row(fact: HandoffFact, *, handoff: Handoff) -> dict[str, Any]:
    """The row of a timeline line; its id keeps the order in which lines were written."""
    return {
        "tenant_id": handoff.tenant_id,
        "handoff_id": handoff.id,
        "id": new_id(),
        "kind": fact.kind.value,
        "version": fact.version,
        "by_worker_id": fact.by_worker_id,
        "worker_id": fact.worker_id,
        "code": fact.code,
        "offer_number": fact.offer_number,
        "reported_by": fact.reported_by,
        "occurred_at": fact.at.occurred_at,
        "recorded_at": fact.at.recorded_at,
    }


def fact_of(row: Row) -> HandoffFact:
    """A timeline line from its row."""
    names = ("version", "by_worker_id", "worker_id", "code", "offer_number", "reported_by")
    at = Moment(occurred_at=row["occurred_at"], recorded_at=row["recorded_at"])
    return HandoffFact(kind=FactKind(row["kind"]), at=at, **{name: row[name] for name in names})


def custody_row(entry: CustodyEntry, *, transition: Transition) -> dict[str, Any]:
    """The row of a custody line, tied to its predecessor."""
    return {
        "tenant_id": transition.tenant_id,
        "transition_id": transition.id,
        "sequence": entry.sequence,
        "worker_id": entry.to_worker_id,
        "previous_sequence": None if entry.sequence == 1 else entry.sequence - 1,
        "from_worker_id": entry.from_worker_id,
        "cause": entry.cause.value,
        "by_worker_id": entry.by_worker_id,
        "occurred_at": entry.at.occurred_at,
        "recorded_at": entry.at.recorded_at,
    }


def custody_of(row: Row) -> CustodyEntry:
    """A custody line from its row."""
    return CustodyEntry(
        sequence=row["sequence"],
        from_worker_id=row["from_worker_id"],
        to_worker_id=row["worker_id"],
        cause=CustodyCause(row["cause"]),
        by_worker_id=row["by_worker_id"],
        at=Moment(occurred_at=row["occurred_at"], recorded_at=row["recorded_at"]),
    )


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
