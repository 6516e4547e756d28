"""The notice that travels with what a consent lets somebody know (42 CFR 2.32): statement 2, and the consent's scope."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.referrals.domain.consent_words import Information, Purpose

STATEMENT = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."
"""Statement 2 of 2.32, word for word."""

_TOLD: Mapping[Information, str] = {
    Information.IDENTITY: "who the person is",
    Information.CONTACT: "how they want to be reached",
    Information.REQUEST: "what is asked for them",
}
_FOR: Mapping[Purpose, str] = {
    Purpose.TREATMENT_PAYMENT_OPERATIONS: "treatment, payment and health care operations",
    Purpose.CARE_COORDINATION: "arranging their support together",
    Purpose.PERSON_REQUEST: "what the person has asked for",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Basis:
    """The consent on which somebody is told of a person, and between whom. `ended_by_referral`: it ends with the referral."""

    consent_id: UUID
    person_id: UUID
    from_organization_id: UUID
    to_organization_id: UUID
    information: tuple[Information, ...]
    purposes: tuple[Purpose, ...]
    expires_at: datetime | None
    ended_by_referral: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class RedisclosureNotice:
    """What the reader must be told with it. `scope` is the clear explanation that stands for a copy of the consent."""

    consent_id: UUID
    statement: str
    scope: str
    information: tuple[Information, ...]
    purposes: tuple[Purpose, ...]
    expires_at: datetime | None


def notice_of(basis: Basis) -> RedisclosureNotice:
    """The notice for what is told on this basis."""
    return RedisclosureNotice(
        consent_id=basis.consent_id,
        statement=STATEMENT,
        scope=_scope(basis),
        information=basis.information,
        purposes=basis.purposes,
        expires_at=basis.expires_at,
    )


def description_of(basis: Basis) -> str:
    """A brief description of what was told, for the account that the person may ask for."""
    return _listed([_TOLD[category] for category in basis.information])


def _scope(basis: Basis) -> str:
    until = "until the referral ends" if basis.ended_by_referral else "until it is taken back"
    if basis.expires_at is not None:
        until = f"until {basis.expires_at.date().isoformat()}"
    purposes = _listed([_FOR[purpose] for purpose in basis.purposes])
    return (
        f"The person has agreed that your organisation is told {description_of(basis)}, for {purposes}, {until}."
        " They may take this back at any time. It does not cover telling anybody else."
    )


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
