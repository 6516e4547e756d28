"""Facts of a made-up tenant, to be carried about."""

from datetime import UTC, datetime
from uuid import UUID

from shared.contracts.codes import MilestoneCode, OfferKind, Service
from shared.contracts.events import Event, EventType, HandoffOffered, LadderExhausted
from shared.identifiers import new_id
from shared.outbox import new_event

NOW = datetime(2030, 1, 1, 12, 0, tzinfo=UTC)
TENANT = UUID("00000000-0000-7000-8000-00000000000a")
OTHER_TENANT = UUID("00000000-0000-7000-8000-00000000000b")


def offered(*, tenant_id: UUID = TENANT, at: datetime = NOW) -> Event:
    """A handoff was offered (told to notifications)."""
    handoff = new_id()
    return new_event(
        source=Service.REFERRALS,
        type=EventType.HANDOFF_OFFERED,
        subject=handoff,
        data=HandoffOffered(
            tenant_id=tenant_id,
            version=1,
            occurred_at=at,
            recorded_at=at,
            handoff_id=handoff,
            transition_id=new_id(),
            offer_number=1,
            worker_id=new_id(),
            offer_kind=OfferKind.PEER_OFFER,
            ladder="standard",
            milestone=MilestoneCode.OWNER_ACCEPTS,
            respond_by=at,
        ),
    )


def exhausted(*, tenant_id: UUID = TENANT, at: datetime = NOW) -> Event:
    """A ladder ran out (told to referrals)."""
    handoff = new_id()
    return new_event(
        source=Service.NOTIFICATIONS,
        type=EventType.LADDER_EXHAUSTED,
        subject=handoff,
        data=LadderExhausted(
            tenant_id=tenant_id,
            version=1,
            occurred_at=at,
            recorded_at=at,
            handoff_id=handoff,
            offer_number=1,
            worker_id=new_id(),
            ladder="standard",
        ),
    )
