"""Both languages say everything, and say it kindly."""

import re
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

import pytest

import services.console
from services.console.adapters.word_files import read_words
from services.console.domain.words import Language, WordMissing, chosen_language
from services.notifications.domain.codes import Channel, DeliveryState, ItemKind
from services.referrals.domain.capacity import CapacityStatus
from services.referrals.domain.consent_words import (
    ConsentStatus,
    ExpiryEvent,
    Information,
    Purpose,
    RecipientClass,
    RevocationMethod,
    SignatureMethod,
    SignedBy,
)
from services.referrals.domain.custody import CustodyCause
from services.referrals.domain.handoff_facts import Attention, FactKind
from services.referrals.domain.handoff_next import NextAct
from services.referrals.domain.handoff_states import HandoffState, Outcome
from services.referrals.domain.handoffs import OfferStatus
from services.referrals.domain.matching_steps import NotOffered
from services.referrals.domain.measures import Channel as MeasureChannel
from services.referrals.domain.measures import Exclusion, MeasureCode, Window
from services.referrals.domain.person import ContactPreference
from services.referrals.domain.protocols import EscalationRole
from services.referrals.domain.referral_policies import ChartSharing
from services.referrals.domain.referral_progress import BusinessStatus, ProgressStep
from services.referrals.domain.referral_states import ReferralCommand, ReferralStatus
from services.referrals.domain.referral_words import (
    ClosingWord,
    PersonWord,
    Priority,
    ReferralKind,
    ReferralReason,
    WhatNext,
)
from services.referrals.domain.roster import Duty
from services.referrals.domain.sheet import Missing
from services.referrals.domain.sheet_parts import Days, LeaveMessage, SheetPart
from services.referrals.domain.task_states import TaskReason, TaskStatus
from shared.contracts.codes import IntegrationModel, MilestoneCode, PracticeRole, Setting
from shared.contracts.scope import Verdict

FOLDER = Path(services.console.__file__).parent
CATALOGUES = read_words()
ENGLISH, SPANISH = (CATALOGUES[language].by_key for language in (Language.ENGLISH, Language.SPANISH))
_HIDDEN_FACTS = {FactKind.SIGNAL_IGNORED}

CODES: dict[str, Iterable[StrEnum]] = {
    "handoff_state": HandoffState,
    "next_act": NextAct,
    "offer_status": OfferStatus,
    "fact": [kind for kind in FactKind if kind not in _HIDDEN_FACTS],
    "attention": Attention,
    "outcome": Outcome,
    "contact_preference": ContactPreference,
    "milestone": MilestoneCode,
    "task_status": TaskStatus,
    "task_reason": TaskReason,
    "verdict": Verdict,
    "hint": Verdict,
    "item_kind": ItemKind,
    "delivery_state": DeliveryState,
    "channel": Channel,
    "practice_role": PracticeRole,
    "setting": Setting,
    "custody_cause": CustodyCause,
    "escalation_role": EscalationRole,
    "chart_sharing": ChartSharing,
    "business_status": BusinessStatus,
    "referral_status": ReferralStatus,
    "referral_command": [*ReferralCommand, *ProgressStep],
    "referral_kind": ReferralKind,
    "referral_reason": [*ReferralReason, ClosingWord.GOT_HELP, *PersonWord],
    "priority": Priority,
    "closing_word": ClosingWord,
    "person_word": PersonWord,
    "what_next": WhatNext,
    "capacity": CapacityStatus,
    "not_offered": NotOffered,
    "duty": Duty,
    "integration_model": IntegrationModel,
    "measure": MeasureCode,
    "measure_short": MeasureCode,
    "measure_window": Window,
    "measure_channel": MeasureChannel,
    "measure_exclusion": Exclusion,
    "consent_status": ConsentStatus,
    "information": Information,
    "purpose": Purpose,
    "recipient_class": RecipientClass,
    "consent_end": ExpiryEvent,
    "signature_method": SignatureMethod,
    "signed_by": SignedBy,
    "revocation_method": RevocationMethod,
    "integration_words": IntegrationModel,
    "sheet_part": SheetPart,
    "sheet_missing": Missing,
    "days": Days,
    "leave_message": LeaveMessage,
    "paper.message": LeaveMessage,
    "paper.information": Information,
    "paper.recipient": RecipientClass,
}


def test_both_languages_have_the_same_keys_and_the_same_blanks() -> None:
    assert set(ENGLISH) == set(SPANISH)
    for key, english in ENGLISH.items():
        assert set(re.findall(r"{\w+}", english)) == set(re.findall(r"{\w+}", SPANISH[key])), key


@pytest.mark.parametrize("group", CODES)
def test_every_code_of_the_neighbours_has_words(group: str) -> None:
    for code in CODES[group]:
        assert f"{group}.{code.value}" in ENGLISH


def test_every_key_that_a_template_names_exists() -> None:
    named = set()
    for template in FOLDER.glob("templates/**/*.html"):
        # `t` speaks the visitor's language, `s` that of the person whose sheet it is
        named |= set(re.findall(r"\b[ts]\(\s*[\"']([a-z_0-9.]+[a-z_0-9])[\"']", template.read_text(encoding="utf-8")))
        counted = re.findall(r"\bt\.count\(\"([a-z_.]+)\"", template.read_text(encoding="utf-8"))
        named |= {f"{key}.one" for key in counted} | {f"{key}.other" for key in counted}
    assert len(named) > 200
    assert named - set(ENGLISH) == set()


def test_a_missing_key_is_an_error_and_not_an_empty_place() -> None:
    with pytest.raises(WordMissing):
        CATALOGUES[Language.ENGLISH]("there.is.no.such.key")


BLOCKED = (
    r"\baddict", r"\babus", r"\bnon-?complian", r"\bresistan", r"\brefused?\b", r"\bmust\b", r"\bcomply", r"\brelaps",
    r"\bfailed to\b", r"\bclean\b", r"\bjunkie", r"\bcommit(ted)? suicide", r"\bfrequent flyer", r"\bcase load",
)  # fmt: skip


@pytest.mark.parametrize("pattern", BLOCKED)
def test_no_word_that_puts_people_down(pattern: str) -> None:
    assert [key for key, text in ENGLISH.items() if re.search(pattern, text, re.IGNORECASE)] == []


@pytest.mark.parametrize(
    ("cookie", "accepted", "language"),
    [
        (None, "", "en"),
        (None, "es-MX,es;q=0.9,en;q=0.8", "es"),
        (None, "fr,en;q=0.5", "en"),
        (None, "de;q=1,es;q=nonsense", "es"),
        ("es", "en", "es"),
        ("klingon", "en", "en"),
    ],
)
def test_the_language_is_the_visitors(cookie: str | None, accepted: str, language: str) -> None:
    assert chosen_language(cookie=cookie, accepted=accepted) == language


def test_a_neighbours_sentence_with_a_number_keeps_its_number() -> None:
    spanish = CATALOGUES[Language.SPANISH]
    assert spanish.sentence("12 open handoffs and tasks") == "12 traspasos y tareas abiertos"
    assert spanish.sentence("12 things nobody has words for") is None
