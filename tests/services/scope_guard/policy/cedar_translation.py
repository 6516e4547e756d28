"""The packs in Cedar's words, straight from the YAML: an oracle that shares no code with the guard's own loader.

Cedar knows allow and deny only, so a verdict is what three questions say together: may it be done freely, may it be
done at least under conditions, is it at least not refused. Cedar's own "forbid beats permit" then is our "deny beats
allow". The policies behind each answer are annotated with the rule they come from.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import cedarpy

from shared.plain_yaml import read_yaml

FREELY, CONDITIONALLY, NOT_REFUSED = "freely", "conditionally", "not_refused"
ALL = (FREELY, CONDITIONALLY, NOT_REFUSED)
PERMITTED = {
    "within_scope": (FREELY, CONDITIONALLY),
    "within_scope_with_conditions": (CONDITIONALLY,),
    "needs_review": (),
    "out_of_scope": (),
}
FORBIDDEN = {
    "within_scope": (),
    "within_scope_with_conditions": (FREELY,),
    "needs_review": (FREELY, CONDITIONALLY),
    "out_of_scope": ALL,
}


class NotTranslatable(ValueError):  # noqa: N818
    """A pack uses something that this translation does not know; it must be taught before it can vouch again."""


def pack_files(folder: Path) -> dict[str, Any]:
    """Every pack as plain YAML values, by file name."""
    return {
        path.name: read_yaml(path.read_text(encoding="utf-8")) for path in sorted((folder / "packs").glob("*.yaml"))
    }


def cedar_text(packs: Iterable[Any]) -> str:
    """All rules of all packs as Cedar policies."""
    policies = ['permit(principal, action == Action::"not_refused", resource);']
    for pack in packs:
        for rule in pack["rules"]:
            policies.extend(_policies(rule, pack))
    return "\n".join(policies)


def _policies(rule: Any, pack: Any) -> Iterator[str]:
    gate = "*" in rule["activities"]
    if gate and (rule["activities"] != ["*"] or rule["verdict"] in ("within_scope", "out_of_scope")):
        # Such a gate would speak where no rule of the activity does, which a single Cedar policy cannot know.
        raise NotTranslatable(rule["id"])
    clauses = [f"[{_entities('Role', rule.get('roles') or pack['roles'])}].contains(principal)"]
    if not gate:
        clauses.append(f"[{_entities('Activity', rule['activities'])}].contains(resource)")
    if pack["jurisdictions"]:
        clauses.append(
            " || ".join(
                f'context.jurisdiction == "{code}" || context.jurisdiction like "{code}-*"'
                for code in pack["jurisdictions"]
            )
        )
    for fact, values in rule.get("when", {}).items():
        clauses.append(f"{json.dumps(values)}.contains(context.{fact})")
    when = " && ".join(f"({clause})" for clause in clauses)
    effects = [("forbid", FORBIDDEN)] if gate else [("permit", PERMITTED), ("forbid", FORBIDDEN)]
    for effect, table in effects:
        for action in table[rule["verdict"]]:
            yield f'@id("{rule["id"]}") {effect}(principal, action == Action::"{action}", resource) when {{ {when} }};'


def _entities(kind: str, codes: Iterable[str]) -> str:
    return ", ".join(f'{kind}::"{code}"' for code in codes)


class CedarOracle:
    """Answers with a verdict and the ids of the rules that made it so. `gates` are the rules for every activity."""

    def __init__(self, packs: Iterable[Any]) -> None:
        self._packs = list(packs)
        self._policies: dict[str, cedarpy.PolicySet] = {}
        self._entities = cedarpy.Entities.from_json_str("[]")
        self.gates = frozenset(
            rule["id"] for pack in self._packs for rule in pack["rules"] if "*" in rule["activities"]
        )

    def verdict(self, role: str, activity: str, facts: dict[str, str]) -> tuple[str, frozenset[str]]:
        """Verdict and deciding rules. Every fact is a word; one that is absent reads `none`."""
        requests = [
            {
                "principal": f'Role::"{role}"',
                "action": f'Action::"{action}"',
                "resource": f'Activity::"{activity}"',
                "context": facts,
            }
            for action in ALL
        ]
        return _verdict(*cedarpy.is_authorized_batch(requests, self._policies_for(role), self._entities))

    def _policies_for(self, role: str) -> cedarpy.PolicySet:
        """Cedar goes through every policy for every question; those that name another role are left out beforehand."""
        if role not in self._policies:
            self._policies[role] = cedarpy.PolicySet.from_str(
                cedar_text(
                    {**pack, "rules": [rule for rule in pack["rules"] if role in (rule.get("roles") or pack["roles"])]}
                    for pack in self._packs
                )
            )
        return self._policies[role]


def _verdict(
    freely: cedarpy.AuthzResult, conditionally: cedarpy.AuthzResult, not_refused: cedarpy.AuthzResult
) -> tuple[str, frozenset[str]]:
    for answer in (freely, conditionally, not_refused):
        assert answer.diagnostics.errors == []
    if not not_refused.allowed:
        return "out_of_scope", _rules(not_refused)
    if not conditionally.allowed:
        return "needs_review", _rules(conditionally)
    if not freely.allowed:
        return "within_scope_with_conditions", _rules(freely)
    return "within_scope", _rules(freely)


def _rules(answer: cedarpy.AuthzResult) -> frozenset[str]:
    return frozenset(answer.diagnostics.id_annotations_by_reason.values())
