"""Events of plainly fictional journeys, as referrals would tell them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4, uuid5

from shared.contracts.codes import MilestoneCode, OfferKind, PracticeRole, Service
from shared.contracts.events import (
    Event,
    EventData,
    EventType,
    HandoffData,
    HandoffOffered,
    MilestoneLifted,
    MilestoneMet,
    MilestoneMissed,
    ReferralData,
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

    def step(
        self,
        type: EventType,
        *,
        version: int,
        offer_number: int = 1,
        worker_id: UUID | None = None,
        reason: str | None = None,
        sender: UUID | None = None,
    ) -> Event:
        """Accepted, declined, withdrawn, first contact, closed."""
        facts = HandoffData(
            **self._common(version),
            handoff_id=self.handoff_id,
            transition_id=self.transition_id,
            offer_number=offer_number,
            worker_id=worker_id,
            reason=reason,
            sender_worker_id=sender,
        )
        return told(type, subject=self.handoff_id, facts=facts)

    def missed(
        self,
        worker_id: UUID,
        *,
        milestone: MilestoneCode,
        found_at: int = 4,
        clock_id: UUID | None = None,
        resets: int = 0,
    ) -> Event:
        """A step was due at the beginning, and found missing between the versions around `found_at`."""
        facts = MilestoneMissed(
            **self._common(found_at) | {"version": self._clock_version(resets)},
            handoff_id=self.handoff_id,
            transition_id=self.transition_id,
            milestone=milestone,
            due_at=self.began,
            escalate_to="duty_owner",
            worker_id=worker_id,
        )
        clock = clock_id or uuid5(self.handoff_id, milestone)
        return told(EventType.MILESTONE_MISSED, subject=clock, facts=facts)

    def met(self, milestone: MilestoneCode, *, found_at: int = 5, clock_id: UUID | None = None) -> Event:
        """The same step is done."""
        facts = MilestoneMet(
            **self._common(found_at) | {"version": self._clock_version(0)},
            handoff_id=self.handoff_id,
            transition_id=self.transition_id,
            milestone=milestone,
            due_at=self.began,
        )
        clock = clock_id or uuid5(self.handoff_id, milestone)
        return told(EventType.MILESTONE_MET, subject=clock, facts=facts)

    def lifted(self, milestone: MilestoneCode, *, found_at: int = 5, resets: int = 0) -> Event:
        """The step is not owed any more, or its clock is set for another time."""
        facts = MilestoneLifted(
            **self._common(found_at) | {"version": self._clock_version(resets)},
            handoff_id=self.handoff_id,
            transition_id=self.transition_id,
            milestone=milestone,
            due_at=self.began,
        )
        return told(EventType.MILESTONE_LIFTED, subject=uuid5(self.handoff_id, milestone), facts=facts)

    def retracted(self, *, version: int = 3) -> Event:
        facts = TransitionData(
            **self._common(version),
            transition_id=self.transition_id,
            owner_worker_id=uuid4(),
            handoff_id=self.handoff_id,
        )
        return told(EventType.TRANSITION_RETRACTED, subject=self.transition_id, facts=facts)

    def _clock_version(self, resets: int) -> int:
        return resets * 10**10 + int(self.began.timestamp())

    def _at(self, version: int) -> datetime:
        return self.began + timedelta(milliseconds=version)

    def _common(self, version: int) -> dict[str, object]:
        at = self._at(version)
        return {"tenant_id": self.tenant_id, "version": version, "occurred_at": at, "recorded_at": at}


def task_event(
    type: EventType,
    *,
    tenant_id: UUID,
    task_id: UUID,
    version: int,
    assignee: UUID,
    assigner: UUID,
    status: str | None = None,
    reason: str | None = None,
) -> Event:
    facts = TaskData(
        tenant_id=tenant_id,
        version=version,
        occurred_at=NOON,
        recorded_at=NOON,
        task_id=task_id,
        assignee_worker_id=assignee,
        assigner_worker_id=assigner,
        status=status or type.value.partition(".")[2],
        reason=reason,
    )
    return told(type, subject=task_id, facts=facts)


@dataclass
class Referring:
    """One referral; every method call makes the event of one step."""

    requester: UUID
    recipient: UUID | None
    tenant_id: UUID = field(default_factory=uuid4)
    referral_id: UUID = field(default_factory=uuid4)

    def step(self, command: str, version: int, *, status: str, by: UUID | None, business_status: str = "none") -> Event:
        facts = ReferralData(
            tenant_id=self.tenant_id,
            version=version,
            occurred_at=NOON,
            recorded_at=NOON,
            referral_id=self.referral_id,
            status=status,
            owner_worker_id=self.recipient,
            requester_worker_id=self.requester,
            by_worker_id=by,
            command=command,
            business_status=business_status,
        )
        return told(EventType.REFERRAL_STATUS_CHANGED, subject=self.referral_id, facts=facts)


def worker_event(
    type: EventType,
    *,
    tenant_id: UUID,
    worker_id: UUID,
    version: int,
    active: bool,
    organization_id: UUID | None = None,
) -> Event:
    facts = WorkerData(
        tenant_id=tenant_id,
        version=version,
        occurred_at=NOON,
        recorded_at=NOON,
        worker_id=worker_id,
        organization_id=organization_id or uuid4(),
        practice_role=PracticeRole.PEER_SUPPORT_SPECIALIST,
        active=active,
    )
    return told(type, subject=worker_id, facts=facts)
