"""The proofs are able to fail. That they hold for our own packs is what `handrail policy prove` and `lint` say in
`test_policy_commands.py`, once; here a few activities are enough.
"""

import dataclasses
from collections.abc import Iterable

from services.scope_guard.adapters.policy_files import POLICY_FOLDER, load_rulebook
from services.scope_guard.domain.catalogue import Catalogue
from services.scope_guard.domain.policy import Circumstances, Pack, Rule
from services.scope_guard.domain.proofs import lint, prove
from services.scope_guard.domain.rulebook import Rulebook
from services.scope_guard.domain.rulebook_difference import differences
from shared.contracts.codes import PracticeRole
from shared.contracts.scope import SourceReference, Verdict

WHOLE = load_rulebook(POLICY_FOLDER, version="test")
NAMED_BY_PROMISES = (
    "diagnose",
    "primary_crisis_response",
    "crisis_line_duty",
    "share_lived_experience",
    "emotional_support",
    "cross_pathway_work",
)


def _book(*activities: str, packs: Iterable[Pack] = WHOLE.packs) -> Rulebook:
    """The packs over a catalogue of these few activities."""
    few = {code: WHOLE.catalogue.get(code) for code in activities}
    return Rulebook(
        catalogue=Catalogue(few, groups=WHOLE.catalogue.groups), conditions=WHOLE.conditions, packs=packs, version="few"
    )


def _packs_without(rule_id: str) -> list[Pack]:
    return [
        dataclasses.replace(pack, rules=tuple(rule for rule in pack.rules if rule.rule_id != rule_id))
        for pack in WHOLE.packs
    ]


def _permission(activity: str, *, jurisdiction: str) -> Pack:
    rule = Rule(
        rule_id="local.permission",
        roles=frozenset({PracticeRole.PEER_SUPPORT_SPECIALIST}),
        activities=(activity,),
        verdict=Verdict.WITHIN_SCOPE,
        reason="somebody wrote this",
        source=SourceReference(document="a memo", section="1"),
        when=Circumstances(),
    )
    return Pack(code="local", title="Local", jurisdictions=(jurisdiction,), rules=(rule,))


def test_a_local_permission_cannot_beat_a_denial() -> None:
    packs = [*WHOLE.packs, _permission("diagnose", jurisdiction="US-TX")]
    assert prove(_book(*NAMED_BY_PROMISES, packs=packs))[0].holds


def test_a_proof_that_fails_shows_a_counterexample() -> None:
    packs = [*_packs_without("peer.no_diagnosis"), _permission("diagnose", jurisdiction="US-TX")]
    proof = prove(_book(*NAMED_BY_PROMISES, packs=packs))[0]
    assert not proof.holds
    assert proof.counterexample is not None
    assert "US-TX" in proof.counterexample
    assert "local.permission" in proof.counterexample


def test_lint_finds_a_rule_that_never_decides() -> None:
    def faults(packs: Iterable[Pack]) -> list[str]:
        return [finding.words for finding in lint(_book("diagnose", packs=packs)) if finding.is_fault]

    found = [
        words for words in faults([*WHOLE.packs, _permission("diagnose", jurisdiction="US-TX")]) if "local" in words
    ]
    assert found == ["local: rule `local.permission` never decides: a stricter rule always speaks too"]
    free = [*_packs_without("peer.no_diagnosis"), _permission("diagnose", jurisdiction="US-TX")]
    assert not any("local.permission" in words for words in faults(free))


def test_difference_names_what_changes() -> None:
    before = _book("harm_reduction_information")
    after = _book("harm_reduction_information", packs=_packs_without("peer.harm_reduction"))
    assert {(change.activity, change.before, change.after) for change in differences(before, after)} == {
        ("harm_reduction_information", "within_scope", "needs_review"),
        ("harm_reduction_information", "within_scope_with_conditions", "needs_review"),
    }
    assert differences(before, before) == []
