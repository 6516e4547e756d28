"""Consents in requests and answers, and the notice that goes along with what they let somebody know."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from services.referrals.api.fields import Instant, Line, Note, RequestBody, View
from services.referrals.domain.consent import Consent, ConsentTerms
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
from services.referrals.domain.redisclosure import Basis, notice_of
from shared.contracts.codes import ReportedBy

Organizations = Annotated[tuple[UUID, ...], Field(max_length=50)]


class ConsentRequest(RequestBody):
    """What the person signed. Everything may be left out here: what is missing is named, element by element."""

    organization_id: UUID | None = None
    discloser_class: DiscloserClass | None = None
    information: Annotated[frozenset[Information], Field(max_length=10)] = frozenset()
    information_text: Note | None = None
    recipient_organization_ids: Organizations = ()
    recipient_class: RecipientClass | None = None
    intermediary_organization_id: UUID | None = None
    participant_organization_ids: Organizations = ()
    purposes: Annotated[frozenset[Purpose], Field(max_length=10)] = frozenset()
    right_to_revoke_acknowledged: bool = False
    revocation_how: Note | None = None
    expires_at: Instant | None = None
    expiry_event: ExpiryEvent | None = None
    signature_method: SignatureMethod | None = None
    signed_by: SignedBy | None = None
    representative_name: Line | None = None
    representative_relation: Line | None = None
    signed_at: Instant | None = None
    redisclosure_stated: bool = False
    refusal_consequence_stated: bool = False
    reported_by: ReportedBy = ReportedBy.PERSON

    def terms(self) -> ConsentTerms:
        """The same, in the language of the domain."""
        given = dict(self) | {"information_text": self.information_text or ""}
        given |= {"revocation_how": self.revocation_how or ""}
        given |= {"information": tuple(one for one in Information if one in self.information)}
        given |= {"purposes": tuple(one for one in Purpose if one in self.purposes)}
        del given["reported_by"]
        return ConsentTerms(**given)


class RevocationRequest(RequestBody):
    """How the person took it back, and when."""

    method: RevocationMethod
    reported_by: ReportedBy = ReportedBy.PERSON
    occurred_at: Instant | None = None


class RevocationView(View):
    """It was taken back."""

    method: RevocationMethod
    reported_by: ReportedBy
    by_worker_id: UUID | None
    occurred_at: datetime
    recorded_at: datetime


class TermsView(View):
    """What was signed."""

    organization_id: UUID | None
    discloser_class: DiscloserClass | None
    information: tuple[Information, ...]
    information_text: str
    recipient_organization_ids: tuple[UUID, ...]
    recipient_class: RecipientClass | None
    intermediary_organization_id: UUID | None
    participant_organization_ids: tuple[UUID, ...]
    purposes: tuple[Purpose, ...]
    right_to_revoke_acknowledged: bool
    revocation_how: str
    expires_at: datetime | None
    expiry_event: ExpiryEvent | None
    signature_method: SignatureMethod
    signed_by: SignedBy
    representative_name: str | None
    representative_relation: str | None
    signed_at: datetime
    redisclosure_stated: bool
    refusal_consequence_stated: bool


class ConsentView(View):
    """A consent as it stands at the moment of the answer."""

    id: UUID
    version: int
    person_id: UUID
    status: ConsentStatus
    terms: TermsView
    reported_by: ReportedBy
    by_worker_id: UUID | None
    recorded_at: datetime
    revocation: RevocationView | None

    @classmethod
    def of(cls, consent: Consent, *, now: datetime) -> Self:
        """The view of a consent at that instant."""
        own = {
            name: getattr(consent, name) for name in cls.model_fields if name not in ("status", "terms", "revocation")
        }
        taken_back = consent.revocation
        return cls(
            **own,
            status=consent.status(now),
            terms=TermsView.model_validate(consent.terms),
            revocation=None if taken_back is None else RevocationView.model_validate(taken_back),
        )


class NoticeView(View):
    """What must be told with anything that a consent lets the reader know (42 CFR 2.32)."""

    consent_id: UUID
    statement: str
    scope: str
    information: tuple[Information, ...]
    purposes: tuple[Purpose, ...]
    expires_at: datetime | None

    @classmethod
    def of(cls, basis: Basis | None) -> Self | None:
        """The notice; None where nothing was told by consent."""
        return None if basis is None else cls.model_validate(notice_of(basis))
