"""A referral: asking a service, a team or a worker to take somebody on, until the loop is closed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.referrals.domain.directory import Record
from services.referrals.domain.referral_progress import BusinessStatus
from services.referrals.domain.referral_states import ENDED, ReferralStatus
from services.referrals.domain.referral_words import (
    ClosingWord,
    LinkKind,
    NoteKind,
    PersonWord,
    Priority,
    ReferralKind,
    ReferralReason,
    WhatNext,
)
from shared.contracts.codes import ReportedBy, Responsibility


@dataclass(frozen=True, kw_only=True, slots=True)
class PartyRef:
    """Whom a role of a referral lies with: an organisation, and in it a worker, a team, or both once one has claimed."""

    organization_id: UUID
    worker_id: UUID | None = None
    team_id: UUID | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Asks:
    """What was asked to be done, and the scope guard's word on it. `decision_id` is absent where nothing was asked."""

    activity: str | None = None
    text: str = ""
    responsibility: Responsibility = Responsibility.ASSIST
    attested_conditions: tuple[str, ...] = ()
    decision_id: UUID | None = None
    policy_version: str | None = None

    @property
    def anything(self) -> bool:
        """Whether something is asked that the scope guard has to judge."""
        return self.activity is not None or bool(self.text)


@dataclass(frozen=True, kw_only=True, slots=True)
class Referral(Record):
    """One referral. Times are those at which things occurred, except `recorded_at` and `overdue_at` (when we noticed).

    `recipient` is absent only while it is a draft. `part_of` is the referral it was passed on from, `follows` the one
    it takes up again after a re-route or a step back, `duplicate_of` an open one for the same need that was there
    before. `model` is the code of the integration model it was made under; it keeps it for life.
    `deidentified`: those outside the asking organisation are told who it is about by a consent only.
    """

    programme_id: UUID
    model: str
    person_id: UUID
    need: str
    kind: ReferralKind
    priority: Priority
    reported_by: ReportedBy
    occurred_at: datetime
    requester: PartyRef
    recipient: PartyRef | None = None
    intermediary: PartyRef | None = None
    clinical_backup: PartyRef | None = None
    asks: Asks = Asks()
    status: ReferralStatus = ReferralStatus.DRAFT
    status_reason: ReferralReason | None = None
    business_status: BusinessStatus = BusinessStatus.NONE
    scheduled_at: datetime | None = None
    closing_word: ClosingWord | None = None
    closed_by: ReportedBy | None = None
    what_next: WhatNext | None = None
    offer_again_at: datetime | None = None
    transition_id: UUID | None = None
    part_of: UUID | None = None
    parent_follows: bool = False
    follows: UUID | None = None
    follows_because: LinkKind | None = None
    duplicate_of: UUID | None = None
    deidentified: bool = False
    respond_by: datetime | None = None
    overdue_after: datetime | None = None
    overdue_at: datetime | None = None
    accepted_at: datetime | None = None
    ended_at: datetime | None = None
    introduce_by: datetime | None = None
    introduced_at: datetime | None = None
    goodbye_by: datetime | None = None
    goodbye_at: datetime | None = None
    person_word: PersonWord | None = None
    person_word_at: datetime | None = None

    @property
    def has_ended(self) -> bool:
        """Whether nobody works on it any more."""
        return self.status in ENDED

    @property
    def owner_worker_id(self) -> UUID | None:
        """The worker who was asked directly or has taken it."""
        return None if self.recipient is None else self.recipient.worker_id


@dataclass(frozen=True, kw_only=True, slots=True)
class ReferralStep:
    """One row of a referral's append-only history: who did what, why, when. Codes only."""

    tenant_id: UUID
    referral_id: UUID
    version: int
    command: str
    status: ReferralStatus
    business_status: BusinessStatus
    occurred_at: datetime
    recorded_at: datetime
    by_worker_id: UUID | None = None
    reason: str | None = None
    reported_by: ReportedBy = ReportedBy.STAFF


@dataclass(frozen=True, kw_only=True, slots=True)
class ReferralNote:
    """A text beside a referral; it never leaves this service but for authorised reads."""

    tenant_id: UUID
    referral_id: UUID
    id: UUID
    kind: NoteKind
    text: str
    occurred_at: datetime
    recorded_at: datetime
    by_worker_id: UUID | None = None
    reported_by: ReportedBy = ReportedBy.STAFF
