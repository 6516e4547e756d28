"""Events of plainly fictional journeys, as referrals would tell them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from shared.contracts.codes import MilestoneCode, OfferKind, PracticeRole, Service
from shared.contracts.events import (
    Event,
    EventData,
    EventType,
    HandoffData,
    HandoffOffered,
    TaskData,
    TransitionData,
    WorkerData,
)
from shared.outbox import new_event

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def told(type: EventType, *, subject: UUID, facts: EventData) -> Event:
    """The event that carries these facts."""
    return new_event(source=Service.REFERRALS, type=type, subject=subject, data=facts)


@dataclass
class Journey:
    """One transition with its handoff; every method makes the event of that step."""

    tenant_id: UUID = field(default_factory=uuid4)
    transition_id: UUID = field(default_factory=uuid4)
    handoff_id: UUID = field(default_factory=uuid4)
    began: datetime = NOON

    def offered(
        self,
        worker_id: UUID,
        *,
        version: int,
        offer_number: int = 1,
        ladder: str = "standard",
        within: timedelta = timedelta(hours=4),
        kind: OfferKind = OfferKind.PEER_OFFER,
    ) -> Event:
        at = self._at(version)
        facts = HandoffOffered(
            **self._common(version),
            handoff_id=self.handoff_id,
            transition_id=self.transition_id,
            offer_number=offer_number,
            worker_id=worker_id,
            offer_kind=kind,
            ladder=ladder,
            milestone=MilestoneCode.OWNER_ACCEPTS,
            respond_by=at + within,
        )
        return told(EventType.HANDOFF_OFFERED, subject=self.handoff_id, facts=facts)

    def step(self, type: EventType, *, version: int, offer_number: int = 1, worker_id: UUID | None = None) -> Event:
        """Accepted, declined, withdrawn, first contact, closed."""
        facts = HandoffData(
            **self._common(version),
            handoff_id=self.handoff_id,
            transition_id=self.transition_id,
            offer_number=offer_number,
            worker_id=worker_id,
        )
        return told(type, subject=self.handoff_id, facts=facts)

    def retracted(self, *, version: int = 3) -> Event:
        facts = TransitionData(
            **self._common(version),
            transition_id=self.transition_id,
            owner_worker_id=uuid4(),
            handoff_id=self.handoff_id,
        )
        return told(EventType.TRANSITION_RETRACTED, subject=self.transition_id, facts=facts)

    def _at(self, version: int) -> datetime:
        return self.began + timedelta(milliseconds=version)

    def _common(self, version: int) -> dict[str, object]:
        at = self._at(version)
        return {"tenant_id": self.tenant_id, "version": version, "occurred_at": at, "recorded_at": at}


def task_event(
    type: EventType, *, tenant_id: UUID, task_id: UUID, version: int, assignee: UUID, assigner: UUID
) -> Event:
    facts = TaskData(
        tenant_id=tenant_id,
        version=version,
        occurred_at=NOON,
        recorded_at=NOON,
        task_id=task_id,
        assignee_worker_id=assignee,
        assigner_worker_id=assigner,
        status=type.value.partition(".")[2],
    )
    return told(type, subject=task_id, facts=facts)


def worker_event(type: EventType, *, tenant_id: UUID, worker_id: UUID, version: int, active: bool) -> Event:
    facts = WorkerData(
        tenant_id=tenant_id,
        version=version,
        occurred_at=NOON,
        recorded_at=NOON,
        worker_id=worker_id,
        organization_id=uuid4(),
        practice_role=PracticeRole.PEER_SUPPORT_SPECIALIST,
        active=active,
    )
    return told(type, subject=worker_id, facts=facts)
