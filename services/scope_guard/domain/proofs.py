"""Exhaustive proofs over the finite structured space: every role, activity and combination of facts the packs look at.

Free text cannot weaken what is proven here, because the words of a task only ever make a verdict stricter.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from services.scope_guard.domain.judgement import ALLOWING
from services.scope_guard.domain.policy import EVERY_ACTIVITY
from services.scope_guard.domain.rulebook import Rulebook, Ruling
from shared.contracts.codes import (
    CredentialState,
    IntegrationModel,
    PracticeRole,
    Responsibility,
    Setting,
    SupervisionState,
)
from shared.contracts.scope import FactsSnapshot, Verdict

PEER = PracticeRole.PEER_SUPPORT_SPECIALIST
CLINICIANS = (PracticeRole.THERAPIST, PracticeRole.PSYCHIATRIST, PracticeRole.NURSE, PracticeRole.COUNSELOR)
CLINICAL_GROUPS = ("diagnosis", "assessment", "medication", "therapy", "medical", "treatment_planning")


@dataclass(frozen=True, slots=True)
class Proof:
    """A promise, whether it holds over all `cases`, and the first case where it does not."""

    promise: str
    holds: bool
    cases: int
    counterexample: str | None = None


@dataclass(frozen=True, slots=True)
class LintFinding:
    """Something a pack author should know; a fault fails the check."""

    words: str
    is_fault: bool


def jurisdictions_of(rulebook: Rulebook) -> tuple[str, ...]:
    """Every jurisdiction a pack names, and one that none names."""
    named = {code for pack in rulebook.packs for code in pack.jurisdictions}
    return ("XX", *sorted(named))


def every_snapshot(rulebook: Rulebook, role: PracticeRole) -> Iterator[tuple[FactsSnapshot, Responsibility]]:
    """Every combination of the facts that a rule for this role looks at; other facts cannot matter."""
    used = {name for pack in rulebook.packs for rule in pack.rules if role in rule.roles for name in rule.when.facts}
    choices: dict[str, tuple[Any, ...]] = {
        "credential_state": tuple(CredentialState),
        "supervision_state": tuple(SupervisionState),
        "setting": tuple(Setting) if "setting" in used else (Setting.OUTPATIENT,),
        "integration_model": tuple(IntegrationModel)
        if "integration_model" in used
        else (IntegrationModel.INTEGRATED_TEAM,),
        "credential_endorsement": (None, "mental_health") if "credential_endorsement" in used else (None,),
        "jurisdiction": jurisdictions_of(rulebook),
    }
    for values in itertools.product(*choices.values()):
        given: dict[str, Any] = dict(zip(choices, values, strict=True))
        facts = FactsSnapshot.model_construct(None, practice_role=role, team_roles=(), conditions_met=(), **given)
        for responsibility in Responsibility:
            yield facts, responsibility


def prove(rulebook: Rulebook) -> list[Proof]:
    """Every promise the product makes about its packs."""
    clinical = [activity.code for group in CLINICAL_GROUPS for activity in rulebook.catalogue.in_group(group)]
    boundaries = [activity.code for activity in rulebook.catalogue.in_group("boundaries")]
    coercion = [activity.code for activity in rulebook.catalogue.in_group("coercion")]
    everything = [activity.code for activity in rulebook.catalogue]
    return [
        _never_allowed(rulebook, "no path lets a peer diagnose", (PEER,), ["diagnose"]),
        _never_allowed(rulebook, "no path lets a peer do clinical work", (PEER,), clinical),
        _never_allowed(rulebook, "no path lets a peer cross a boundary or coerce", (PEER,), [*boundaries, *coercion]),
        _never_allowed(
            rulebook,
            "no path lets a peer be the first responder in a crisis",
            (PEER,),
            ["primary_crisis_response", "crisis_line_duty"],
        ),
        _never_allowed(
            rulebook, "no path lets a clinician share a recovery story", CLINICIANS, ["share_lived_experience"]
        ),
        _never_allowed(
            rulebook,
            "no path lets a case manager give emotional peer support or share a story",
            (PracticeRole.CASE_MANAGER,),
            ["emotional_support", "share_lived_experience"],
        ),
        _never_allowed(
            rulebook, "no path lets a sponsor work across all pathways", (PracticeRole.SPONSOR,), ["cross_pathway_work"]
        ),
        _always(
            rulebook,
            "a suspended credential never allows a peer anything in the United States",
            everything,
            lambda facts, ruling: (
                not facts.jurisdiction.startswith("US")
                or facts.credential_state is not CredentialState.SUSPENDED
                or ruling.verdict not in ALLOWING
            ),
        ),
        _always(
            rulebook,
            "every conditional verdict names a condition",
            everything,
            lambda _, ruling: ruling.verdict is not Verdict.WITHIN_SCOPE_WITH_CONDITIONS or bool(ruling.conditions),
        ),
        _always(
            rulebook,
            "deny beats allow",
            everything,
            lambda _, ruling: (
                ruling.verdict is Verdict.OUT_OF_SCOPE
                or all(rule.verdict is not Verdict.OUT_OF_SCOPE for rule in ruling.rules)
            ),
        ),
    ]


def _never_allowed(rulebook: Rulebook, promise: str, roles: Iterable[PracticeRole], activities: list[str]) -> Proof:
    return _check(rulebook, promise, roles, activities, lambda _, ruling: ruling.verdict not in ALLOWING)


def _always(
    rulebook: Rulebook, promise: str, activities: list[str], holds: Callable[[FactsSnapshot, Ruling], bool]
) -> Proof:
    return _check(rulebook, promise, (PEER,), activities, holds)


def _check(
    rulebook: Rulebook,
    promise: str,
    roles: Iterable[PracticeRole],
    activities: list[str],
    holds: Callable[[FactsSnapshot, Ruling], bool],
) -> Proof:
    cases = 0
    for role in roles:
        for facts, responsibility in every_snapshot(rulebook, role):
            for activity in activities:
                cases += 1
                ruling = rulebook.rule(activity, facts=facts, responsibility=responsibility)
                if not holds(facts, ruling):
                    rules = ", ".join(rule.rule_id for rule in ruling.rules)
                    example = (
                        f"{role} may {activity} ({responsibility}, {facts.jurisdiction}, credential "
                        f"{facts.credential_state}, supervision {facts.supervision_state}): {ruling.verdict} by {rules}"
                    )
                    return Proof(promise, False, cases, example)
    return Proof(promise, True, cases)


def lint(rulebook: Rulebook) -> list[LintFinding]:
    """Rules that never speak, rules that never decide, and activities that some role has no rule for."""
    spoke: set[str] = set()
    decided: set[str] = set()
    for role in PracticeRole:
        for facts, responsibility in every_snapshot(rulebook, role):
            for activity in rulebook.catalogue:
                ruling = rulebook.rule(activity.code, facts=facts, responsibility=responsibility)
                spoke.update(rule.rule_id for rule in ruling.rules)
                decided.update(rule.rule_id for rule in ruling.deciding)
    findings = [
        LintFinding(f"{pack.code}: rule `{rule.rule_id}` {words}", is_fault=True)
        for pack in rulebook.packs
        for rule in pack.rules
        for words in (
            ["can never speak"]
            if rule.rule_id not in spoke
            else ["never decides: a stricter rule always speaks too"]
            if rule.rule_id not in decided
            else []
        )
    ]
    ruled = {
        activity
        for pack in rulebook.packs
        for rule in pack.rules
        if PEER in rule.roles
        for activity in rule.activities
        if activity != EVERY_ACTIVITY
    }
    findings.extend(
        LintFinding(f"no rule for peers: `{activity.code}`", is_fault=False)
        for activity in rulebook.catalogue
        if activity.code not in ruled
    )
    return findings
