"""Consents as rows, and back. Whom they name stands in rows beside, a revocation in one of its own."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from services.referrals.adapters.repositories import stored
from services.referrals.domain.consent import Consent, ConsentTerms, Revocation
from services.referrals.domain.consent_words import (
    ActorRole,
    DiscloserClass,
    ExpiryEvent,
    Information,
    Purpose,
    RecipientClass,
    RevocationMethod,
    SignatureMethod,
    SignedBy,
)
from shared.contracts.codes import ReportedBy

_LISTS = {"recipient_organization_ids": ActorRole.RECIPIENT, "participant_organization_ids": ActorRole.PARTICIPANT}
_TERMS = [field.name for field in fields(ConsentTerms) if field.name not in _LISTS]
_CODES: Mapping[str, Any] = {
    "discloser_class": DiscloserClass,
    "recipient_class": RecipientClass,
    "expiry_event": ExpiryEvent,
    "signature_method": SignatureMethod,
    "signed_by": SignedBy,
    "information": lambda codes: tuple(Information(code) for code in codes),
    "purposes": lambda codes: tuple(Purpose(code) for code in codes),
}


def consent_row(consent: Consent) -> dict[str, Any]:
    """The columns of a consent."""
    terms = {name: stored(getattr(consent.terms, name)) for name in _TERMS}
    own = {name: getattr(consent, name) for name in ("tenant_id", "id", "version", "recorded_at", "person_id")}
    return own | terms | {"reported_by": consent.reported_by.value, "by_worker_id": consent.by_worker_id}


def actor_rows(consent: Consent) -> list[dict[str, Any]]:
    """One row for each organisation that may be told."""
    return [
        {"tenant_id": consent.tenant_id, "consent_id": consent.id, "role": role.value, "organization_id": one}
        for name, role in _LISTS.items()
        for one in dict.fromkeys(getattr(consent.terms, name))
    ]


def revocation_row(consent: Consent, revocation: Revocation) -> dict[str, Any]:
    """The columns of a revocation."""
    said = {field.name: stored(getattr(revocation, field.name)) for field in fields(Revocation)}
    return said | {"tenant_id": consent.tenant_id, "consent_id": consent.id}


def consent_of(row: Mapping[Any, Any], *, actors: Iterable[Mapping[str, Any]]) -> Consent:
    """The consent in a row, with its revocation's columns (prefixed) and its actors beside it."""
    terms = {name: row[name] for name in _TERMS}
    terms |= {name: code(row[name]) for name, code in _CODES.items() if row[name] is not None}
    named = list(actors)
    for name, role in _LISTS.items():
        terms[name] = tuple(one["organization_id"] for one in named if one["role"] == role.value)
    return Consent(
        tenant_id=row["tenant_id"],
        id=row["id"],
        version=row["version"] if row["revoked_recorded_at"] is None else row["version"] + 1,
        recorded_at=row["recorded_at"],
        person_id=row["person_id"],
        terms=ConsentTerms(**terms),
        reported_by=ReportedBy(row["reported_by"]),
        by_worker_id=row["by_worker_id"],
        revocation=None if row["revoked_recorded_at"] is None else _revocation(row),
    )


def _revocation(row: Mapping[Any, Any]) -> Revocation:
    return Revocation(
        method=RevocationMethod(row["revoked_method"]),
        reported_by=ReportedBy(row["revoked_reported_by"]),
        occurred_at=row["revoked_occurred_at"],
        recorded_at=row["revoked_recorded_at"],
        by_worker_id=row["revoked_by_worker_id"],
    )
