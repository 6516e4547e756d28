"""The proofs hold, and they are able to fail."""

import dataclasses

from services.scope_guard.adapters.policy_files import POLICY_FOLDER, load_rulebook
from services.scope_guard.domain.policy import Circumstances, Pack, Rule
from services.scope_guard.domain.proofs import lint, prove
from services.scope_guard.domain.rulebook import Rulebook
from services.scope_guard.domain.rulebook_difference import differences
from shared.contracts.codes import PracticeRole
from shared.contracts.scope import SourceReference, Verdict

RULEBOOK = load_rulebook(POLICY_FOLDER, version="test")


def _without(rule_id: str, *, also: tuple[Pack, ...] = ()) -> Rulebook:
    packs = [
        dataclasses.replace(pack, rules=tuple(rule for rule in pack.rules if rule.rule_id != rule_id))
        for pack in RULEBOOK.packs
    ]
    return Rulebook(
        catalogue=RULEBOOK.catalogue, conditions=RULEBOOK.conditions, packs=[*packs, *also], version="other"
    )


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


def test_every_promise_holds() -> None:
    assert [proof.promise for proof in prove(RULEBOOK) if not proof.holds] == []


def test_a_local_permission_cannot_beat_a_denial() -> None:
    book = Rulebook(
        catalogue=RULEBOOK.catalogue,
        conditions=RULEBOOK.conditions,
        packs=[*RULEBOOK.packs, _permission("diagnose", jurisdiction="US-TX")],
        version="x",
    )
    assert prove(book)[0].holds


def test_a_proof_that_fails_shows_a_counterexample() -> None:
    proof = prove(_without("peer.no_diagnosis", also=(_permission("diagnose", jurisdiction="US-TX"),)))[0]
    assert not proof.holds
    assert proof.counterexample is not None
    assert "US-TX" in proof.counterexample
    assert "local.permission" in proof.counterexample


def test_lint_finds_a_rule_that_never_decides() -> None:
    assert [finding.words for finding in lint(RULEBOOK) if finding.is_fault] == []
    book = Rulebook(
        catalogue=RULEBOOK.catalogue,
        conditions=RULEBOOK.conditions,
        packs=[*RULEBOOK.packs, _permission("diagnose", jurisdiction="US-TX")],
        version="x",
    )
    assert any("local.permission" in finding.words for finding in lint(book) if finding.is_fault)


def test_difference_names_what_changes() -> None:
    changes = differences(RULEBOOK, _without("peer.harm_reduction"))
    assert {(change.activity, change.before, change.after) for change in changes} == {
        ("harm_reduction_information", "within_scope", "needs_review"),
        ("harm_reduction_information", "within_scope_with_conditions", "needs_review"),
    }
    assert differences(RULEBOOK, RULEBOOK) == []
