"""What referrals tells of what a person has agreed to: who tells whom what, what for, until when."""

from datetime import datetime
from uuid import UUID

from services.console.domain.told import Told


class Terms(Told):
    """What was signed. Organisations by id, the rest as codes and the person's own words."""

    organization_id: UUID | None
    discloser_class: str | None
    information: tuple[str, ...]
    information_text: str
    recipient_organization_ids: tuple[UUID, ...]
    recipient_class: str | None
    intermediary_organization_id: UUID | None
    participant_organization_ids: tuple[UUID, ...]
    purposes: tuple[str, ...]
    revocation_how: str
    expires_at: datetime | None
    expiry_event: str | None
    signature_method: str
    signed_by: str
    representative_name: str | None
    signed_at: datetime


class Revocation(Told):
    """It was taken back."""

    method: str
    by_worker_id: UUID | None
    occurred_at: datetime


class Consent(Told):
    """A consent as it stands; `status` is `active`, `revoked` or `expired`."""

    id: UUID
    version: int
    person_id: UUID
    status: str
    terms: Terms
    by_worker_id: UUID | None
    recorded_at: datetime
    revocation: Revocation | None
