"""The handoff itself, and the offers made on its way."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.referrals.domain.handoff_facts import Attention
from services.referrals.domain.handoff_states import HandoffState, Outcome
from shared.contracts.codes import OfferKind


class OfferStatus(StrEnum):
    """What became of an offer. At most one offer of a handoff is open."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    UNANSWERED = "unanswered"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """One worker asked once. `because` are the matcher's plain words for why this worker."""

    offer_number: int
    worker_id: UUID
    kind: OfferKind
    ladder: str
    offered_at: datetime
    respond_by: datetime
    because: tuple[str, ...]
    status: OfferStatus = OfferStatus.OPEN
    answered_at: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Handoff:
    """`worker_id` is whom it lies with: the one asked while offered, the acceptor afterwards.

    All times are those at which things occurred. `version` grows by one with every event announced about it.
    """

    id: UUID
    tenant_id: UUID
    transition_id: UUID
    state: HandoffState = HandoffState.PREPARING
    version: int = 1
    offer_number: int = 0
    suggested_worker_id: UUID | None = None
    worker_id: UUID | None = None
    introduced_at: datetime | None = None
    introduced_peer_id: UUID | None = None
    accepted_by: UUID | None = None
    accepted_at: datetime | None = None
    contacted_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    attention: Attention | None = None
