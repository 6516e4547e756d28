"""The words of a referral: what it asks for, why it ended, and what comes next. The glossary maps them to FHIR, BSeR and findhelp."""

from collections.abc import Mapping
from enum import StrEnum

from shared.contracts.codes import PracticeRole


class ReferralKind(StrEnum):
    """Which way it goes."""

    PEER_SERVICE = "peer_service"
    CLINICAL = "clinical"
    CASE_MANAGEMENT = "case_management"
    CRISIS_BRIDGE = "crisis_bridge"
    """A peer stays with somebody and calls in the programme's clinical backup: presence and bridge, never the responder."""


class Priority(StrEnum):
    """How soon an answer is needed; a crisis bridge is sooner than either."""

    ROUTINE = "routine"
    URGENT = "urgent"


_CLINICAL = frozenset(
    {
        PracticeRole.NURSE,
        PracticeRole.PHYSICIAN,
        PracticeRole.PSYCHIATRIST,
        PracticeRole.THERAPIST,
        PracticeRole.COUNSELOR,
        PracticeRole.SOCIAL_WORKER,
        PracticeRole.CLINICAL_SUPERVISOR,
    }
)

QUALIFIED: Mapping[ReferralKind, frozenset[PracticeRole]] = {
    ReferralKind.PEER_SERVICE: frozenset({PracticeRole.PEER_SUPPORT_SPECIALIST}),
    ReferralKind.CLINICAL: _CLINICAL,
    ReferralKind.CASE_MANAGEMENT: frozenset({PracticeRole.CASE_MANAGER, PracticeRole.SOCIAL_WORKER}),
    ReferralKind.CRISIS_BRIDGE: _CLINICAL,
}
"""The practice roles that may take a referral of each kind."""


class ClosingWord(StrEnum):
    """How it ended for the person (findhelp's words)."""

    GOT_HELP = "got_help"
    COULD_NOT_CONTACT = "could_not_contact"
    NO_CAPACITY = "no_capacity"
    NO_LONGER_INTERESTED = "no_longer_interested"
    REFERRED_ELSEWHERE = "referred_elsewhere"
    NOT_ELIGIBLE = "not_eligible"


class ReferralReason(StrEnum):
    """Why a referral did not simply run its course."""

    CANT_RIGHT_NOW = "cant_right_now"
    OUTSIDE_MY_ROLE = "outside_my_role"
    NO_CAPACITY = "no_capacity"
    NOT_ELIGIBLE = "not_eligible"
    REFERRED_ELSEWHERE = "referred_elsewhere"
    COULD_NOT_CONTACT = "could_not_contact"
    NO_LONGER_INTERESTED = "no_longer_interested"
    NO_LONGER_NEEDED = "no_longer_needed"
    PERSON_DECLINED = "person_declined"
    DUPLICATE = "duplicate"
    REROUTED = "rerouted"
    STEPPED_BACK = "stepped_back"
    WAITING_FOR_PERSON = "waiting_for_person"
    WAITING_FOR_TEAM = "waiting_for_team"
    CONSENT_REVOKED = "consent_revoked"
    PERSON_DIED = "person_died"


CLOSING_WORD_OF: Mapping[ReferralReason, ClosingWord] = {
    ReferralReason(word.value): word for word in ClosingWord if word is not ClosingWord.GOT_HELP
}
"""A reason that says how it ended is the closing word too."""


class WhatNext(StrEnum):
    """What follows a "no", in agreement with the person. All three are good answers."""

    OFFER_LATER = "offer_later"
    ANOTHER_PEER = "another_peer"
    NOTHING = "nothing"


class LinkKind(StrEnum):
    """Why a referral follows another one of the same need."""

    REROUTED = "rerouted"
    STEPPED_BACK = "stepped_back"


class PersonWord(StrEnum):
    """The person's own word afterwards."""

    GOT_WHAT_I_WANTED = "got_what_i_wanted"
    NOT_WHAT_I_WANTED = "not_what_i_wanted"


class NoteKind(StrEnum):
    """What a text beside a referral is. Texts stay in this service, in a table of their own."""

    FEEDBACK = "feedback"
    STATUS_TEXT = "status_text"
    PERSON_WORDS = "person_words"
