"""The people who are supported. Their names stay in this service, but for authorised reads."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.referrals.domain.directory import Record


class ContactPreference(StrEnum):
    """How somebody wants to be reached; `staff_only` means through the team that knows them."""

    IN_PERSON = "in_person"
    CALL = "call"
    TEXT = "text"
    EMAIL = "email"
    STAFF_ONLY = "staff_only"


@dataclass(frozen=True, kw_only=True, slots=True)
class Person(Record):
    """Somebody who is walked with. `language` is a BCP 47 tag."""

    given_name: str
    family_name: str
    preferred_name: str | None = None
    pronouns: str | None = None
    birth_date: date | None = None
    language: str = "en"
    contact_preference: ContactPreference = ContactPreference.STAFF_ONLY
    home_organization_id: UUID | None = None
