"""Facts as this service keeps them: small, and the same whatever order they arrive in.

A *story* is everything known of one transition (with its handoffs), of one task or of one referral. What is told follows from the
set of its facts, never from the order of their arrival.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from shared.contracts.codes import MilestoneCode, OfferKind, SubjectKind
from shared.contracts.events import (
    Event,
    EventType,
    HandoffData,
    HandoffOffered,
    MilestoneData,
    MilestoneMissed,
    ReferralData,
    TaskData,
    TransitionData,
)

FOLLOWED = frozenset(
    {
        EventType.HANDOFF_OFFERED,
        EventType.HANDOFF_ACCEPTED,
        EventType.HANDOFF_DECLINED,
        EventType.HANDOFF_WITHDRAWN,
        EventType.HANDOFF_FIRST_CONTACT,
        EventType.HANDOFF_CLOSED,
        EventType.TRANSITION_RETRACTED,
        EventType.MILESTONE_MISSED,
        EventType.MILESTONE_MET,
        EventType.MILESTONE_LIFTED,
        EventType.TASK_ASSIGNED,
        EventType.TASK_REFUSED,
        EventType.TASK_CLOSED,
        EventType.REFERRAL_STATUS_CHANGED,
    }
)
"""Events that become facts. Worker events feed a projection of their own; all others are ignored, visibly."""


class StoryKind(StrEnum):
    """What a story is about; handoffs belong to the story of their transition."""

    TRANSITION = "transition"
    TASK = "task"
    REFERRAL = "referral"


@dataclass(frozen=True, slots=True)
class StoryKey:
    """Names one story; the row with this key is what two workers take turns at."""

    tenant_id: UUID
    kind: StoryKind
    story_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One change of one aggregate. Two facts with the same `key` are the same fact.

    Of a milestone, missed, met or lifted, the subject is its handoff, `clock_id` the clock, and `version` the clock's.
    `status`, `step` and `reason` are codes of the referrals service, `by_worker_id` is whose step it was.
    """

    type: EventType
    subject_kind: SubjectKind
    subject_id: UUID
    version: int
    recorded_at: datetime
    worker_id: UUID | None = None
    assigner_worker_id: UUID | None = None
    by_worker_id: UUID | None = None
    clock_id: UUID | None = None
    milestone: MilestoneCode | None = None
    status: str | None = None
    step: str | None = None
    reason: str | None = None
    offer_number: int = 0
    offer_kind: OfferKind | None = None
    ladder: str | None = None
    respond_by: datetime | None = None

    @property
    def key(self) -> str:
        """The same for every copy of the same fact."""
        return f"{self.type}:{self.clock_id or self.subject_id}:{self.version}"


def read_fact(event: Event) -> tuple[StoryKey, Fact]:
    """The fact an event tells. Raises pydantic.ValidationError where its data is not what the catalogue says."""
    told = event.read()
    common = {"type": event.type, "version": told.version, "recorded_at": told.recorded_at}
    if isinstance(told, HandoffData):
        story = StoryKey(told.tenant_id, StoryKind.TRANSITION, told.transition_id)
        offered = told if isinstance(told, HandoffOffered) else None
        return story, Fact(
            subject_kind=SubjectKind.HANDOFF,
            subject_id=told.handoff_id,
            worker_id=told.worker_id,
            assigner_worker_id=told.sender_worker_id,
            reason=told.reason,
            offer_number=told.offer_number,
            offer_kind=offered.offer_kind if offered else None,
            ladder=offered.ladder if offered else None,
            respond_by=offered.respond_by if offered else None,
            **common,  # type: ignore[arg-type]
        )
    if isinstance(told, MilestoneData):
        return StoryKey(told.tenant_id, StoryKind.TRANSITION, told.transition_id), Fact(
            subject_kind=SubjectKind.HANDOFF,
            subject_id=told.handoff_id,
            worker_id=told.worker_id if isinstance(told, MilestoneMissed) else None,
            clock_id=UUID(event.subject),
            milestone=told.milestone,
            **common,  # type: ignore[arg-type]
        )
    if isinstance(told, TransitionData):
        story = StoryKey(told.tenant_id, StoryKind.TRANSITION, told.transition_id)
        return story, Fact(subject_kind=SubjectKind.TRANSITION, subject_id=told.transition_id, **common)  # type: ignore[arg-type]
    if isinstance(told, TaskData):
        return StoryKey(told.tenant_id, StoryKind.TASK, told.task_id), Fact(
            subject_kind=SubjectKind.TASK,
            subject_id=told.task_id,
            worker_id=told.assignee_worker_id,
            assigner_worker_id=told.assigner_worker_id,
            status=told.status,
            reason=told.reason,
            **common,  # type: ignore[arg-type]
        )
    if isinstance(told, ReferralData):
        return StoryKey(told.tenant_id, StoryKind.REFERRAL, told.referral_id), Fact(
            subject_kind=SubjectKind.REFERRAL,
            subject_id=told.referral_id,
            worker_id=told.owner_worker_id,
            assigner_worker_id=told.requester_worker_id,
            by_worker_id=told.by_worker_id,
            status=told.status,
            step=told.command,
            reason=told.business_status,
            **common,  # type: ignore[arg-type]
        )
    raise ValueError(f"`{event.type}` is not followed here")
