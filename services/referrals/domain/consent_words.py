"""The codes of a consent, near FHIR Consent's own words. What is not listed here cannot be consented to in this system.

Counselling notes and use in legal proceedings are left out on purpose: both need a consent of their own, and nothing
here discloses either.
"""

from enum import StrEnum


class Information(StrEnum):
    """What may be told (FHIR Consent.provision.class)."""

    IDENTITY = "identity"
    """Who the person is: name, how to call them, birth date, pronouns."""
    CONTACT = "contact"
    """Language, and how they want to be reached."""
    REQUEST = "request"
    """What is asked for them in words, and what both sides write beside it."""


class Purpose(StrEnum):
    """What for (FHIR Consent.provision.purpose)."""

    TREATMENT_PAYMENT_OPERATIONS = "treatment_payment_operations"
    CARE_COORDINATION = "care_coordination"
    PERSON_REQUEST = "person_request"


COVERING_PURPOSES = (Purpose.CARE_COORDINATION, Purpose.PERSON_REQUEST)
"""Purposes that cover telling a partner who is referred.

Treatment, payment and operations does not: whether peer support outside a treating provider is any of the three is
not ours to decide, and such a consent covers no other purpose.
"""


class DiscloserClass(StrEnum):
    """Who may disclose, where no organisation is named."""

    NETWORK_ORGANIZATIONS = "network_organizations"


class RecipientClass(StrEnum):
    """Who may be told, where no organisation is named."""

    PEER_SERVICES = "peer_services"
    """Whichever organisation takes up a referral to peer support: only one in which a peer works."""
    TREATING_PROVIDERS = "treating_providers"
    """"My treating providers, health plans, third-party payers, and people helping to operate this programme"."""


class ExpiryEvent(StrEnum):
    """An end that is no date. Only ends that somebody can look up: one that nobody sees would never come."""

    END_OF_REFERRAL = "end_of_referral"
    END_OF_TREATMENT = "end_of_treatment"
    NONE = "none"


ONLY_FOR_TPO = frozenset({ExpiryEvent.END_OF_TREATMENT, ExpiryEvent.NONE})


class SignatureMethod(StrEnum):
    """How it was signed."""

    PAPER = "paper"
    ELECTRONIC = "electronic"


class SignedBy(StrEnum):
    """Who signed (FHIR Consent.performer)."""

    PERSON = "person"
    REPRESENTATIVE = "representative"


class RevocationMethod(StrEnum):
    """How it was taken back. A spoken word is enough to stop what goes out; the paper may follow."""

    WRITTEN = "written"
    ELECTRONIC = "electronic"
    SPOKEN = "spoken"


class ConsentStatus(StrEnum):
    """Where it stands; FHIR's `active`, and `inactive` for both of the others."""

    ACTIVE = "active"
    REVOKED = "revoked"
    EXPIRED = "expired"


class ActorRole(StrEnum):
    """What an organisation is to a consent (FHIR Consent.provision.actor.role)."""

    RECIPIENT = "recipient"
    PARTICIPANT = "participant"
    """Reached through the intermediary that the consent names."""
