"""What each fact of the catalogue carries: ids and codes only. `events.py` says which fact is of which type."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from shared.contracts.codes import MilestoneCode, OfferKind, PracticeRole, SubjectKind

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.-]{1,63}$")]


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


class MilestoneData(EventData):
    """Something happened to a clock, which is the event's subject.

    `version` grows each time the clock is set anew, so that it can be missed anew, also at a due time it had before: the
    due time in seconds since 1970, and ten thousand millions for each time.
    """

    handoff_id: UUID
    transition_id: UUID
    milestone: MilestoneCode
    due_at: AwareDatetime


class MilestoneMissed(MilestoneData):
    """A due time passed. `worker_id` is the person behind the role `escalate_to` at that moment."""

    escalate_to: Code
    worker_id: UUID


class MilestoneMet(MilestoneData):
    """A step was done, late or not: `occurred_at` says when. What is met stays met, so a clock is met once at most."""


class MilestoneLifted(MilestoneData):
    """What was, or may have been, told as missed is not owed any more: the step was lifted, or its clock set anew.

    It takes back this `version` of the clock and all before it; what is missed at a later version stands.
    """


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
