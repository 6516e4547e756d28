"""A person's consent to be told about: terms that never change, and at most one revocation."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.referrals.domain.consent_words import (
    ConsentStatus,
    DiscloserClass,
    ExpiryEvent,
    Information,
    Purpose,
    RecipientClass,
    RevocationMethod,
    SignatureMethod,
    SignedBy,
)
from services.referrals.domain.directory import Record
from shared.contracts.codes import ReportedBy


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentTerms:
    """What was signed, as it was handed in: anything may be missing until `consent_elements.check_terms` has looked.

    `organization_id` is who may disclose (FHIR Consent.organization). An intermediary reaches its participants.
    """

    organization_id: UUID | None = None
    discloser_class: DiscloserClass | None = None
    information: tuple[Information, ...] = ()
    information_text: str = ""
    recipient_organization_ids: tuple[UUID, ...] = ()
    recipient_class: RecipientClass | None = None
    intermediary_organization_id: UUID | None = None
    participant_organization_ids: tuple[UUID, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    right_to_revoke_acknowledged: bool = False
    revocation_how: str = ""
    expires_at: datetime | None = None
    expiry_event: ExpiryEvent | None = None
    signature_method: SignatureMethod | None = None
    signed_by: SignedBy | None = None
    representative_name: str | None = None
    representative_relation: str | None = None
    signed_at: datetime | None = None
    redisclosure_stated: bool = False
    refusal_consequence_stated: bool = False

    @property
    def for_tpo(self) -> bool:
        """Whether it is for treatment, payment and operations."""
        return Purpose.TREATMENT_PAYMENT_OPERATIONS in self.purposes

    @property
    def organizations(self) -> frozenset[UUID]:
        """Every organisation it names."""
        named = {*self.recipient_organization_ids, *self.participant_organization_ids}
        return frozenset(named | {one for one in (self.organization_id, self.intermediary_organization_id) if one})

    @property
    def receiving(self) -> frozenset[UUID]:
        """The organisations that it names as those who may be told."""
        through = {self.intermediary_organization_id} if self.intermediary_organization_id else set()
        return frozenset({*self.recipient_organization_ids, *self.participant_organization_ids, *through})


@dataclass(frozen=True, kw_only=True, slots=True)
class Revocation:
    """It was taken back. It works from when we write it down; what was told before stays told."""

    method: RevocationMethod
    reported_by: ReportedBy
    occurred_at: datetime
    recorded_at: datetime
    by_worker_id: UUID | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Consent(Record):
    """Version 1 as it was given, version 2 once it was revoked."""

    person_id: UUID
    terms: ConsentTerms
    reported_by: ReportedBy
    by_worker_id: UUID | None = None
    revocation: Revocation | None = None

    def status(self, now: datetime) -> ConsentStatus:
        """Where it stands at that instant."""
        if self.revocation is not None:
            return ConsentStatus.REVOKED
        ends = self.terms.expires_at
        return ConsentStatus.EXPIRED if ends is not None and ends <= now else ConsentStatus.ACTIVE
