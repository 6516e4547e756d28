"""The event catalogue v1: facts that one service tells another, as CloudEvents with ids and codes only.

Every `data` carries the tenant, the aggregate's `version` after the change, `occurred_at` (the caller's) and
`recorded_at` (the server's). Never a name, a narrative or a health word.
"""

from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from shared.contracts.codes import MilestoneCode, OfferKind, PracticeRole, Service, SubjectKind

MAX_BATCH = 200

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.-]{1,63}$")]


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


class EventData(BaseModel):
    """What every fact carries. `version` is the aggregate's version after the change: effects apply by it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    tenant_id: UUID
    version: Annotated[int, Field(ge=1)]
    occurred_at: AwareDatetime
    recorded_at: AwareDatetime


class HandoffData(EventData):
    """A handoff changed; `worker_id` is whom it concerns (offered to, accepted by, declined by).

    `sender_worker_id` is whoever sent the person on: somebody who may have to be told how it ended.
    """

    handoff_id: UUID
    transition_id: UUID
    offer_number: int
    worker_id: UUID | None = None
    reason: Code | None = None
    sender_worker_id: UUID | None = None


class HandoffOffered(HandoffData):
    """A worker is asked. `ladder` names who is told, how and how often; silence until `respond_by` exhausts it."""

    worker_id: UUID
    offer_kind: OfferKind
    ladder: Code
    milestone: MilestoneCode
    respond_by: AwareDatetime


class TransitionData(EventData):
    """A transition changed; `owner_worker_id` is accountable at this version."""

    transition_id: UUID
    owner_worker_id: UUID
    expected_at: AwareDatetime | None = None
    discharged_at: AwareDatetime | None = None
    handoff_id: UUID | None = None


class MilestoneMissed(EventData):
    """A due time passed. `worker_id` is the person behind the role `escalate_to` at that moment.

    The event's subject is the clock itself, and its `version` the due time in seconds since 1970: a clock that is set
    anew can be missed anew.
    """

    handoff_id: UUID
    transition_id: UUID
    milestone: MilestoneCode
    due_at: AwareDatetime
    escalate_to: Code
    worker_id: UUID


class TaskData(EventData):
    """A task changed. `assignee_worker_id` is asked to do it, `assigner_worker_id` asked for it."""

    task_id: UUID
    assignee_worker_id: UUID
    assigner_worker_id: UUID
    status: Code
    decision_id: UUID | None = None
    policy_version: str | None = None
    reason: Code | None = None


class ReferralData(EventData):
    """A referral moved along the Gravity states, or its business status did.

    `command` is the step that did it and `by_worker_id` whose step it was (none: a rule's). `owner_worker_id` is the
    worker asked, `requester_worker_id` the one who asks.
    """

    referral_id: UUID
    status: Code
    owner_worker_id: UUID | None = None
    requester_worker_id: UUID | None = None
    by_worker_id: UUID | None = None
    command: Code | None = None
    business_status: Code | None = None


class CustodyMoved(EventData):
    """The accountable owner of a transition changed."""

    transition_id: UUID
    from_worker_id: UUID | None = None
    to_worker_id: UUID
    reason: Code


class WorkerData(EventData):
    """A worker joined, changed or left an organisation."""

    worker_id: UUID
    organization_id: UUID
    practice_role: PracticeRole
    active: bool


class CredentialChanged(EventData):
    """A worker's credential changed state."""

    worker_id: UUID
    credential_state: Code


class ConsentData(EventData):
    """A consent was granted or revoked."""

    consent_id: UUID
    person_id: UUID


class PersonMerged(EventData):
    """Two identities turned out to be one person."""

    person_id: UUID
    merged_person_id: UUID


class DeliveryFailed(EventData):
    """A message could not be delivered and will not be tried again."""

    delivery_id: UUID
    worker_id: UUID
    subject_kind: SubjectKind
    subject_id: UUID
    channel: Code
    reason: Code


class LadderExhausted(EventData):
    """Everybody on the ladder was told, nobody answered in time. `offer_number` is the offer it speaks of."""

    handoff_id: UUID
    offer_number: int
    worker_id: UUID
    ladder: Code


class BoundaryRecorded(EventData):
    """An out-of-role assignment was refused."""

    boundary_event_id: UUID
    decision_id: UUID
    practice_role: PracticeRole
    rule_ids: tuple[str, ...]
    team_id: UUID | None = None
    programme_id: UUID | None = None
    assigner_worker_id: UUID | None = None


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
