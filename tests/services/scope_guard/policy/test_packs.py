"""The packs keep their promises: a way forward that is allowed, sources, conditions, jurisdictions, symmetry."""

import pytest

from services.scope_guard.adapters.policy_files import POLICY_FOLDER, load_rulebook
from services.scope_guard.domain.judgement import ALLOWING
from services.scope_guard.domain.policy import EVERY_ACTIVITY
from shared.contracts.codes import CredentialState, PracticeRole, Responsibility, SupervisionState
from shared.contracts.scope import Verdict
from tests.services.scope_guard.brain import ask, facts, judge

RULEBOOK = load_rulebook(POLICY_FOLDER, version="test")
RULES = [(pack, rule) for pack in RULEBOOK.packs for rule in pack.rules]


def test_catalogue_is_broad_and_every_group_has_a_source() -> None:
    assert len(RULEBOOK.catalogue) >= 90
    assert all(group.source for group in RULEBOOK.catalogue.groups.values())


@pytest.mark.parametrize(("pack", "rule"), RULES, ids=[rule.rule_id for _, rule in RULES])
def test_rule_names_reason_source_and_an_allowed_way_forward(pack, rule) -> None:
    assert rule.reason == rule.reason.strip()
    assert not rule.reason.endswith(".")
    assert rule.source.document
    assert rule.source.section
    if rule.verdict is Verdict.OUT_OF_SCOPE:
        assert rule.alternative is not None
        for role in rule.roles:
            place = pack.jurisdictions[0] if pack.jurisdictions else "US"
            verdict = ask(activity=rule.alternative.activity, snapshot=facts(role, jurisdiction=place)).verdict
            assert verdict in ALLOWING, (rule.rule_id, role)
    if rule.verdict is Verdict.WITHIN_SCOPE_WITH_CONDITIONS:
        assert rule.conditions


def test_alternatives_in_words_are_never_refused_by_the_reader() -> None:
    for pack, rule in RULES:
        if rule.alternative and PracticeRole.PEER_SUPPORT_SPECIALIST in rule.roles:
            place = pack.jurisdictions[0] if pack.jurisdictions else "US"
            judged = ask(rule.alternative.text, snapshot=facts(jurisdiction=place))
            assert judged.verdict is not Verdict.OUT_OF_SCOPE, (rule.rule_id, rule.alternative.text)


def test_every_activity_has_a_rule_for_peers() -> None:
    for activity in RULEBOOK.catalogue:
        assert ask(activity=activity.code).rules, activity.code


@pytest.mark.parametrize(
    ("role", "activity", "verdict"),
    [
        (PracticeRole.PEER_SUPPORT_SPECIALIST, "share_lived_experience", Verdict.WITHIN_SCOPE),
        (PracticeRole.THERAPIST, "share_lived_experience", Verdict.OUT_OF_SCOPE),
        (PracticeRole.CASE_MANAGER, "share_lived_experience", Verdict.OUT_OF_SCOPE),
        (PracticeRole.THERAPIST, "psychotherapy", Verdict.WITHIN_SCOPE),
        (PracticeRole.PEER_SUPPORT_SPECIALIST, "psychotherapy", Verdict.OUT_OF_SCOPE),
        (PracticeRole.CASE_MANAGER, "psychotherapy", Verdict.OUT_OF_SCOPE),
        (PracticeRole.CASE_MANAGER, "primary_case_management", Verdict.WITHIN_SCOPE),
        (PracticeRole.CASE_MANAGER, "emotional_support", Verdict.OUT_OF_SCOPE),
        (PracticeRole.SPONSOR, "sponsor_steps", Verdict.WITHIN_SCOPE),
        (PracticeRole.SPONSOR, "cross_pathway_work", Verdict.OUT_OF_SCOPE),
        (PracticeRole.PSYCHIATRIST, "prescribe_medication", Verdict.WITHIN_SCOPE),
        (PracticeRole.NURSE, "administer_medication", Verdict.WITHIN_SCOPE),
        (PracticeRole.NURSE, "diagnose", Verdict.OUT_OF_SCOPE),
        (PracticeRole.SOCIAL_WORKER, "prescribe_medication", Verdict.OUT_OF_SCOPE),
    ],
)
def test_the_table_of_roles_is_symmetric(role: PracticeRole, activity: str, verdict: Verdict) -> None:
    assert ask(activity=activity, snapshot=facts(role)).verdict is verdict


def test_words_are_symmetric_too() -> None:
    text = "Share your own recovery story with the group"
    assert ask(text).verdict is Verdict.WITHIN_SCOPE
    assert ask(text, snapshot=facts(PracticeRole.THERAPIST)).verdict is Verdict.OUT_OF_SCOPE
    assert ask("Prescribe medication", snapshot=facts(PracticeRole.PSYCHIATRIST)).verdict is Verdict.WITHIN_SCOPE


@pytest.mark.parametrize(
    ("jurisdiction", "activity", "verdict"),
    [
        ("US", "transport_person", Verdict.WITHIN_SCOPE_WITH_CONDITIONS),
        ("US-VA", "transport_person", Verdict.OUT_OF_SCOPE),
        ("US-VA", "outreach_engagement", Verdict.NEEDS_REVIEW),
        ("US-NC", "primary_crisis_response", Verdict.OUT_OF_SCOPE),
        ("US-TX", "listen_actively", Verdict.WITHIN_SCOPE_WITH_CONDITIONS),
        ("US-OH", "listen_actively", Verdict.WITHIN_SCOPE),
        ("CA", "listen_actively", Verdict.WITHIN_SCOPE),
    ],
)
def test_jurisdictions(jurisdiction: str, activity: str, verdict: Verdict) -> None:
    assert ask(activity=activity, snapshot=facts(jurisdiction=jurisdiction)).verdict is verdict


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({"credential_state": CredentialState.EXPIRED}, Verdict.WITHIN_SCOPE_WITH_CONDITIONS),
        ({"credential_state": CredentialState.SUSPENDED}, Verdict.NEEDS_REVIEW),
        ({"credential_state": CredentialState.UNKNOWN}, Verdict.NEEDS_REVIEW),
        ({"supervision_state": SupervisionState.OVERDUE}, Verdict.WITHIN_SCOPE_WITH_CONDITIONS),
        ({"supervision_state": SupervisionState.NONE}, Verdict.NEEDS_REVIEW),
    ],
)
def test_credential_and_supervision_are_checked(changed: dict[str, object], verdict: Verdict) -> None:
    judged = ask(activity="listen_actively", snapshot=facts(**changed))
    assert judged.verdict is verdict
    assert judged.conditions
    assert not any(condition.met for condition in judged.conditions)


def test_a_gate_never_opens_what_an_activity_denies() -> None:
    judged = ask(activity="diagnose", snapshot=facts(credential_state=CredentialState.EXPIRED))
    assert judged.verdict is Verdict.OUT_OF_SCOPE
    assert judged.conditions == ()


def test_conditions_are_met_by_attestation_and_by_facts() -> None:
    open_ones = ask(activity="crisis_support").conditions
    assert {condition.code for condition in open_ones} == {"clinical_backup_reachable", "bridge_only"}
    assert not any(condition.met for condition in open_ones)
    attested = facts(conditions_met=("clinical_backup_reachable", "bridge_only"))
    assert all(condition.met for condition in ask(activity="crisis_support", snapshot=attested).conditions)


def test_coordination_depends_on_the_responsibility() -> None:
    assert ask(activity="coordination_assist").verdict is Verdict.WITHIN_SCOPE_WITH_CONDITIONS
    carried = ask(activity="coordination_assist", responsibility=Responsibility.PRIMARY)
    assert carried.verdict is Verdict.OUT_OF_SCOPE


def test_unknown_activity_is_a_question_never_an_error() -> None:
    assert ask(activity="fly_to_the_moon").verdict is Verdict.NEEDS_REVIEW
    assert ask("Listen to her", activity="fly_to_the_moon").verdict is Verdict.NEEDS_REVIEW
    assert ask("Diagnose her", activity="fly_to_the_moon").verdict is Verdict.OUT_OF_SCOPE


def test_who_may_answers_the_reverse_question() -> None:
    roles = judge().who_may("prescribe_medication", facts())
    assert set(roles) == {PracticeRole.PHYSICIAN, PracticeRole.PSYCHIATRIST}
    assert PracticeRole.PEER_SUPPORT_SPECIALIST in judge().who_may("share_lived_experience", facts())


def test_version_is_readable_and_pins_the_files() -> None:
    readable, _, digest = judge().policy_version.partition("+")
    assert readable
    assert len(digest) == 64


def test_every_activity_named_by_a_rule_is_in_the_catalogue() -> None:
    for _, rule in RULES:
        for code in rule.activities:
            assert code == EVERY_ACTIVITY or code in RULEBOOK.catalogue
