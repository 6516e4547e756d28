"""The guard's structured decision beside an independent engine: Cedar, on the same packs, translated another way.

Every role x activity x responsibility is asked once, in circumstances that together go through all of them.
"""

import copy
import itertools
import random
from collections.abc import Iterator

import pytest

from services.scope_guard.adapters.policy_files import POLICY_FOLDER
from services.scope_guard.domain.judgement import Judgement
from shared.contracts.codes import (
    CredentialState,
    IntegrationModel,
    PracticeRole,
    Responsibility,
    Setting,
    SupervisionState,
)
from tests.services.scope_guard.brain import ask, facts, judge
from tests.services.scope_guard.policy.cedar_translation import CedarOracle, NotTranslatable, cedar_text, pack_files

JURISDICTIONS = ("XX", "US", "US-VA", "US-NC", "US-TX", "US-OH", "GB-VA")
ENDORSEMENTS = ("none", "mental_health")

Question = tuple[str, str, dict[str, str]]


def _questions() -> Iterator[Question]:
    circumstances = list(itertools.product(JURISDICTIONS, CredentialState, SupervisionState, ENDORSEMENTS))
    chance = random.Random(20_26)
    chance.shuffle(circumstances)
    going_round = itertools.cycle(circumstances)
    everything = itertools.product(PracticeRole, (activity.code for activity in judge().activities()), Responsibility)
    for role, activity, responsibility in everything:
        jurisdiction, credential, supervision, endorsement = next(going_round)
        yield (
            role.value,
            activity,
            {
                "responsibility": responsibility.value,
                "jurisdiction": jurisdiction,
                "credential_state": credential.value,
                "supervision_state": supervision.value,
                "credential_endorsement": endorsement,
                "setting": chance.choice(list(Setting)).value,
                "integration_model": chance.choice(list(IntegrationModel)).value,
            },
        )


def _ours(question: Question) -> Judgement:
    role, activity, given = question
    words = {
        name: None if name == "credential_endorsement" and word == "none" else word for name, word in given.items()
    }
    responsibility = Responsibility(str(words.pop("responsibility")))
    return ask(activity=activity, responsibility=responsibility, snapshot=facts(PracticeRole(role), **words))


def _differences(oracle: CedarOracle, questions: list[Question]) -> list[str]:
    found = []
    for question in questions:
        verdict, rules = oracle.verdict(*question)
        ours = _ours(question)
        deciding = frozenset(finding.rule_id for finding in ours.rules if finding.verdict is ours.verdict)
        if not deciding:
            # Nobody wrote a rule for this role and activity: to us that is the whole answer, while Cedar names the gates.
            rules -= oracle.gates
        if (ours.verdict.value, deciding) != (verdict, rules):
            found.append(f"{question}: ours {ours.verdict} by {sorted(deciding)}, Cedar {verdict} by {sorted(rules)}")
    return found


@pytest.mark.slow
def test_cedar_says_the_same_by_the_same_rules() -> None:
    questions = list(_questions())
    assert len(questions) == len(PracticeRole) * len(judge().activities()) * len(Responsibility)
    oracle = CedarOracle(pack_files(POLICY_FOLDER).values())
    assert _differences(oracle, questions) == []


@pytest.mark.parametrize(
    ("file", "rule_id", "role", "activity", "jurisdiction", "change"),
    [
        ("peer.yaml", "peer.no_diagnosis", "peer_support_specialist", "diagnose", "US", {"verdict": "within_scope"}),
        ("virginia.yaml", "va.outreach", "peer_support_specialist", "outreach_engagement", "US-VA", None),
        ("peer.yaml", "peer.emotional_support", "peer_support_specialist", "emotional_support", "US", None),
    ],
)
def test_the_oracle_sees_a_rule_that_was_changed(
    file: str, rule_id: str, role: str, activity: str, jurisdiction: str, change: dict[str, str] | None
) -> None:
    packs = copy.deepcopy(pack_files(POLICY_FOLDER))
    rules = packs[file]["rules"]
    rule = next(rule for rule in rules if rule["id"] == rule_id)
    rules.remove(rule) if change is None else rule.update(change)
    given = {
        "responsibility": "assist",
        "jurisdiction": jurisdiction,
        "credential_state": "active",
        "supervision_state": "current",
        "credential_endorsement": "none",
        "setting": "outpatient",
        "integration_model": "integrated_team",
    }
    question = (role, activity, given)
    assert _differences(CedarOracle(pack_files(POLICY_FOLDER).values()), [question]) == []
    assert len(_differences(CedarOracle(packs.values()), [question])) == 1


def test_what_the_translation_cannot_say_is_refused_rather_than_left_out() -> None:
    packs = copy.deepcopy(pack_files(POLICY_FOLDER))
    gate = next(rule for rule in packs["medicaid.yaml"]["rules"] if rule["activities"] == ["*"])
    gate["verdict"] = "out_of_scope"
    with pytest.raises(NotTranslatable, match=gate["id"]):
        cedar_text(packs.values())
