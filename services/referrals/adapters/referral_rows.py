"""Referrals as rows, and back. What was asked to be done is kept in columns of its own; parties are rows beside."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any
from uuid import UUID

from services.referrals.adapters.repositories import stored
from services.referrals.domain.referral import Asks, PartyRef, Referral, ReferralNote, ReferralStep
from services.referrals.domain.referral_progress import BusinessStatus
from services.referrals.domain.referral_states import ReferralStatus
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

ROLES = ("requester", "recipient", "intermediary", "clinical_backup")
"""The roles of `referral_parties`, by the names of the referral's own fields."""

_AS_IS = [field.name for field in fields(Referral) if field.name not in (*ROLES, "asks")]
_ASKS = [field.name for field in fields(Asks)]

_CODES: Mapping[str, Any] = {
    "status": ReferralStatus,
    "status_reason": ReferralReason,
    "business_status": BusinessStatus,
    "kind": ReferralKind,
    "priority": Priority,
    "reported_by": ReportedBy,
    "closing_word": ClosingWord,
    "closed_by": ReportedBy,
    "what_next": WhatNext,
    "follows_because": LinkKind,
    "person_word": PersonWord,
}


def referral_row(referral: Referral) -> dict[str, Any]:
    """The columns of a referral."""
    row = {name: stored(getattr(referral, name)) for name in _AS_IS}
    return row | {f"asks_{name}": stored(getattr(referral.asks, name)) for name in _ASKS}


def party_rows(referral: Referral) -> list[dict[str, Any]]:
    """One row for each role that somebody has."""
    return [_party_row(referral, role, party) for role in ROLES if (party := getattr(referral, role)) is not None]


def referral_of(row: Mapping[Any, Any], *, parties: Mapping[str, Mapping[str, Any]]) -> Referral:
    """The referral in a row, with the parties that were read beside it."""
    values = {name: row[name] for name in _AS_IS}
    values |= {name: code(row[name]) for name, code in _CODES.items() if row[name] is not None}
    asks = {name: row[f"asks_{name}"] for name in _ASKS}
    asks["responsibility"] = Responsibility(asks["responsibility"])
    asks["attested_conditions"] = tuple(asks["attested_conditions"])
    refs: dict[str, Any] = {role: _party(party) for role, party in parties.items()}
    return Referral(**values, asks=Asks(**asks), **refs)


def step_row(step: ReferralStep) -> dict[str, Any]:
    """The columns of a history row."""
    return {field.name: stored(getattr(step, field.name)) for field in fields(ReferralStep)}


def step_of_row(row: Mapping[Any, Any]) -> ReferralStep:
    """The history row."""
    values = {field.name: row[field.name] for field in fields(ReferralStep)}
    values["status"] = ReferralStatus(row["status"])
    values["business_status"] = BusinessStatus(row["business_status"])
    values["reported_by"] = ReportedBy(row["reported_by"])
    return ReferralStep(**values)


def note_row(note: ReferralNote) -> dict[str, Any]:
    """The columns of a text."""
    return {field.name: stored(getattr(note, field.name)) for field in fields(ReferralNote)}


def note_of_row(row: Mapping[Any, Any]) -> ReferralNote:
    """The text in a row."""
    values = {field.name: row[field.name] for field in fields(ReferralNote)}
    return ReferralNote(**values | {"kind": NoteKind(row["kind"]), "reported_by": ReportedBy(row["reported_by"])})


def _party_row(referral: Referral, role: str, party: PartyRef) -> dict[str, Any]:
    return {
        "tenant_id": referral.tenant_id,
        "referral_id": referral.id,
        "role": role,
        "organization_id": party.organization_id,
        "worker_id": party.worker_id,
        "team_id": party.team_id,
    }


def _party(party: Mapping[str, Any]) -> PartyRef:
    ids: dict[str, Any] = {name: None if value is None else UUID(value) for name, value in party.items()}
    return PartyRef(**ids)
