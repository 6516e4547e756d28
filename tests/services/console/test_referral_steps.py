"""The steps that pages offer are those that referrals takes, no more and no fewer; who acts next, by which clock."""

from datetime import timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from services.console.domain.referral_next import next_of
from services.console.domain.referral_steps import QUALIFIED, kind_for, may
from services.console.use_cases.referral_step import ENDINGS, FOR_TEAM, PERSON_WORDS, REASONS, WHAT_NEXT, read_step
from services.referrals.domain import referral_words as words
from services.referrals.domain.referral_progress import PROGRESS_MOVES, BusinessStatus, ProgressStep
from services.referrals.domain.referral_states import (
    REFERRAL_MOVES,
    ReferralCommand,
    ReferralParty,
    ReferralStatus,
    reasons_for,
)
from shared.contracts.codes import PracticeRole
from tests.services.console.fakes import NOW, NURSE, PEER
from tests.services.console.fakes_referring import referral

PARTIES = [party for party in ReferralParty if party is not ReferralParty.SYSTEM]
OF_RULES = {ReferralCommand.ASSIGN, ReferralCommand.OVERDUE, ReferralCommand.FOLLOW}
ZONE = ZoneInfo("America/New_York")


@pytest.mark.parametrize("command", [one for one in ReferralCommand if one not in OF_RULES])
def test_a_step_is_offered_to_exactly_those_who_may_take_it(command: ReferralCommand) -> None:
    for status, party in product(ReferralStatus, PARTIES):
        legal = any(move.state is status and move.command is command and party in move.who for move in REFERRAL_MOVES)
        assert may(referral(status=status.value, you_are=(party.value,)), command.value) is legal, (status, party)


@pytest.mark.parametrize("step", list(ProgressStep))
def test_a_report_is_offered_to_exactly_those_who_may_make_it(step: ProgressStep) -> None:
    for status, beside, party in product(ReferralStatus, BusinessStatus, PARTIES):
        legal = any(
            (move.state, move.command) == (beside, step) and status in move.during and party in move.who
            for move in PROGRESS_MOVES
        )
        shown = referral(status=status.value, business_status=beside.value, you_are=(party.value,))
        assert may(shown, step.value) is legal, (status, beside, party)


def test_words_of_forms_are_words_of_referrals() -> None:
    assert {kind: frozenset(roles) for kind, roles in QUALIFIED.items()} == {
        kind.value: roles for kind, roles in words.QUALIFIED.items() if kind is not words.ReferralKind.CRISIS_BRIDGE
    }
    assert set(ENDINGS) == {word.value for word in words.ClosingWord}
    assert set(PERSON_WORDS) == {word.value for word in words.PersonWord}
    assert set(WHAT_NEXT) == {word.value for word in words.WhatNext}
    for command, reasons in REASONS.items():
        assert set(reasons) <= {one.value for one in reasons_for(ReferralCommand(command))}
    (of_member,) = (
        {reason.value for reason in move.reasons}
        for move in REFERRAL_MOVES
        if move.command is ReferralCommand.REJECT and ReferralParty.MEMBER in move.who
    )
    assert set(FOR_TEAM) == set(REASONS["reject"]) & of_member
    assert set(ENDINGS) - {"got_help"} <= {one.value for one in reasons_for(ReferralCommand.FAIL)}
    assert kind_for(PracticeRole.PEER_SUPPORT_SPECIALIST) == "peer_service"
    assert kind_for(PracticeRole.SPONSOR) is None


@pytest.mark.parametrize(
    ("changes", "act", "worker", "late"),
    [
        ({}, "answer", PEER, False),
        ({"respond_by": NOW - timedelta(minutes=1)}, "answer", PEER, True),
        ({"recipient": {"worker_id": None, "team_id": PEER}}, "take_it", None, False),
        ({"business_status": "waiting_for_information"}, "tell_more", NURSE, False),
        ({"status": "accepted", "business_status": "cancellation_requested"}, "confirm_cancellation", PEER, False),
        (
            {"status": "accepted", "business_status": "scheduled", "scheduled_at": NOW - timedelta(hours=1)},
            "meet",
            PEER,
            True,
        ),
        ({"status": "in_progress"}, "bring_to_an_end", PEER, False),
        ({"status": "draft"}, "send", NURSE, False),
        ({"status": "rejected", "offer_again_at": NOW + timedelta(days=3)}, "ask_again", NURSE, False),
        ({"status": "rejected"}, None, None, False),
        ({"status": "completed"}, None, None, False),
    ],
)
def test_every_referral_says_who_acts_next_and_by_which_clock(
    changes: dict[str, object], act: str | None, worker: object, late: bool
) -> None:
    found = next_of(referral(**changes), now=NOW)
    assert (found and found.act, found and found.worker_id, bool(found and found.late)) == (act, worker, late)


def test_a_form_becomes_what_referrals_takes() -> None:
    again = str((NOW + timedelta(days=3)).date())
    later = read_step(
        "reject", {"reason": "cant_right_now", "what_next": "offer_later", "day": again}, now=NOW, zone=ZONE
    )
    assert later is not None
    assert later.errors == {}
    assert str(later.body["offer_again_at"]).startswith(f"{again}T09:00:00-0")
    helped = read_step("finish", {"closing_word": "got_help", "reported_by": "person"}, now=NOW, zone=ZONE)
    not_helped = read_step("finish", {"closing_word": "no_capacity"}, now=NOW, zone=ZONE)
    assert helped is not None
    assert not_helped is not None
    assert (helped.command, helped.body) == ("complete", {"closing_word": "got_help", "reported_by": "person"})
    assert (not_helped.command, not_helped.body) == ("fail", {"reason": "no_capacity"})
    assert read_step("overdue", {}, now=NOW, zone=ZONE) is None


@pytest.mark.parametrize(
    ("command", "form", "wrong"),
    [
        ("reject", {}, {"reason", "what_next"}),
        ("reject", {"reason": "no_capacity", "what_next": "offer_later", "day": "2020-01-01"}, {"day"}),
        ("reject", {"reason": "no_capacity", "what_next": "offer_later", "day": "soon"}, {"day"}),
        ("finish", {"closing_word": "magic"}, {"closing_word"}),
        ("close", {}, {"closing_word"}),
        ("schedule", {"day": "2020-01-01", "clock": "10:00"}, {"day"}),
        ("schedule", {"day": "2999-01-01"}, {"day"}),
        ("ask-for-information", {"words": "  "}, {"words"}),
        ("person-word", {}, {"word"}),
        ("hold", {"reason": "whim"}, {"reason"}),
    ],
)
def test_what_is_missing_is_named(command: str, form: dict[str, str], wrong: set[str]) -> None:
    step = read_step(command, form, now=NOW, zone=ZONE)
    assert step is not None
    assert set(step.errors) == wrong
