"""The event catalogue v1: facts that one service tells another, as CloudEvents with ids and codes only.

Every `data` carries the tenant, the aggregate's `version` after the change, `occurred_at` (the caller's) and
`recorded_at` (the server's). Never a name, a narrative or a health word.
"""

from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.contracts.codes import Service
from shared.contracts.event_data import (
    BoundaryRecorded,
    ConsentData,
    CredentialChanged,
    CustodyMoved,
    DeliveryFailed,
    EventData,
    HandoffData,
    HandoffOffered,
    LadderExhausted,
    MilestoneData,
    MilestoneLifted,
    MilestoneMet,
    MilestoneMissed,
    PersonMerged,
    ReferralData,
    TaskData,
    TransitionData,
    WorkerData,
)

__all__ = [
    "CONSUMERS",
    "DATA_TYPES",
    "MAX_BATCH",
    "UNHURRIED",
    "BoundaryRecorded",
    "ConsentData",
    "CredentialChanged",
    "CustodyMoved",
    "DeliveryFailed",
    "Event",
    "EventBatch",
    "EventBatchReceipt",
    "EventData",
    "EventType",
    "HandoffData",
    "HandoffOffered",
    "LadderExhausted",
    "MilestoneData",
    "MilestoneLifted",
    "MilestoneMet",
    "MilestoneMissed",
    "PersonMerged",
    "ReferralData",
    "TaskData",
    "TransitionData",
    "WorkerData",
]

MAX_BATCH = 200


class EventType(StrEnum):
    """Every fact that crosses a service boundary."""

    HANDOFF_OFFERED = "handoff.offered"
    HANDOFF_ACCEPTED = "handoff.accepted"
    HANDOFF_DECLINED = "handoff.declined"
    HANDOFF_WITHDRAWN = "handoff.withdrawn"
    HANDOFF_FIRST_CONTACT = "handoff.first_contact"
    HANDOFF_CLOSED = "handoff.closed"
    TRANSITION_PLANNED = "transition.planned"
    TRANSITION_REPLANNED = "transition.replanned"
    TRANSITION_DISCHARGED = "transition.discharged"
    TRANSITION_RETRACTED = "transition.retracted"
    MILESTONE_MISSED = "milestone.missed"
    MILESTONE_MET = "milestone.met"
    MILESTONE_LIFTED = "milestone.lifted"
    TASK_PROPOSED = "task.proposed"
    TASK_ASSIGNED = "task.assigned"
    TASK_REFUSED = "task.refused"
    TASK_CLOSED = "task.closed"
    REFERRAL_STATUS_CHANGED = "referral.status_changed"
    CUSTODY_MOVED = "custody.moved"
    WORKER_REGISTERED = "worker.registered"
    WORKER_CHANGED = "worker.changed"
    WORKER_LEFT = "worker.left"
    CREDENTIAL_CHANGED = "credential.changed"
    CONSENT_GRANTED = "consent.granted"
    CONSENT_REVOKED = "consent.revoked"
    PERSON_MERGED = "person.merged"
    DELIVERY_FAILED = "delivery.failed"
    LADDER_EXHAUSTED = "ladder.exhausted"
    BOUNDARY_RECORDED = "boundary.recorded"


DATA_TYPES: dict[EventType, type[EventData]] = {
    EventType.HANDOFF_OFFERED: HandoffOffered,
    EventType.HANDOFF_ACCEPTED: HandoffData,
    EventType.HANDOFF_DECLINED: HandoffData,
    EventType.HANDOFF_WITHDRAWN: HandoffData,
    EventType.HANDOFF_FIRST_CONTACT: HandoffData,
    EventType.HANDOFF_CLOSED: HandoffData,
    EventType.TRANSITION_PLANNED: TransitionData,
    EventType.TRANSITION_REPLANNED: TransitionData,
    EventType.TRANSITION_DISCHARGED: TransitionData,
    EventType.TRANSITION_RETRACTED: TransitionData,
    EventType.MILESTONE_MISSED: MilestoneMissed,
    EventType.MILESTONE_MET: MilestoneMet,
    EventType.MILESTONE_LIFTED: MilestoneLifted,
    EventType.TASK_PROPOSED: TaskData,
    EventType.TASK_ASSIGNED: TaskData,
    EventType.TASK_REFUSED: TaskData,
    EventType.TASK_CLOSED: TaskData,
    EventType.REFERRAL_STATUS_CHANGED: ReferralData,
    EventType.CUSTODY_MOVED: CustodyMoved,
    EventType.WORKER_REGISTERED: WorkerData,
    EventType.WORKER_CHANGED: WorkerData,
    EventType.WORKER_LEFT: WorkerData,
    EventType.CREDENTIAL_CHANGED: CredentialChanged,
    EventType.CONSENT_GRANTED: ConsentData,
    EventType.CONSENT_REVOKED: ConsentData,
    EventType.PERSON_MERGED: PersonMerged,
    EventType.DELIVERY_FAILED: DeliveryFailed,
    EventType.LADDER_EXHAUSTED: LadderExhausted,
    EventType.BOUNDARY_RECORDED: BoundaryRecorded,
}

_TO_NOTIFICATIONS = (Service.NOTIFICATIONS,)
_TO_REFERRALS = (Service.REFERRALS,)

CONSUMERS: dict[EventType, tuple[Service, ...]] = {
    **dict.fromkeys(EventType, _TO_NOTIFICATIONS),
    EventType.LADDER_EXHAUSTED: _TO_REFERRALS,
    EventType.DELIVERY_FAILED: _TO_REFERRALS,
}
"""Who is told. A consumer stores what it is sent and ignores, visibly, what it has no use for."""

UNHURRIED: frozenset[EventType] = frozenset(
    {
        EventType.TRANSITION_PLANNED,
        EventType.TRANSITION_REPLANNED,
        EventType.TRANSITION_DISCHARGED,
        EventType.TASK_PROPOSED,
        EventType.CUSTODY_MOVED,
        EventType.CREDENTIAL_CHANGED,
        EventType.CONSENT_GRANTED,
        EventType.CONSENT_REVOKED,
        EventType.PERSON_MERGED,
        EventType.BOUNDARY_RECORDED,
    }
)
"""Facts that only other systems may wait for: nobody is told anything because of them, so they let the others pass first."""


class Event(BaseModel):
    """CloudEvents 1.0 envelope (structured JSON). `subject` is the aggregate's id."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    MEDIA_TYPE: ClassVar[str] = "application/cloudevents+json"

    specversion: Literal["1.0"] = "1.0"
    id: UUID
    source: str
    type: EventType
    subject: str
    time: AwareDatetime
    datacontenttype: Literal["application/json"] = "application/json"
    data: dict[str, Any]

    def read(self) -> EventData:
        """The data as its own type. Raises pydantic.ValidationError where it is not what the catalogue says."""
        return DATA_TYPES[self.type].model_validate(self.data)


class EventBatch(BaseModel):
    """What a relay posts to `/internal/events`. Each entry is read on its own, so that one poison event blocks nobody."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    events: Annotated[tuple[dict[str, Any], ...], Field(min_length=1, max_length=MAX_BATCH)]


class EventBatchReceipt(BaseModel):
    """How many events are now safely stored; those known before count as stored."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stored: int
    already_known: int
