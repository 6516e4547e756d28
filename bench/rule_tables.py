"""The guard's packs as policies of two other engines, each in the shape that suits that engine best.

Both engines answer yes or no, so they are asked one question: may this be assigned at all (freely or with conditions)?
Our own side gives the whole verdict with rules, sources, conditions and the roles that may do it, for the same price.
"""

import json
import logging
from collections.abc import Iterable, Iterator, Mapping

import casbin
import cedarpy
from casbin.model import FastModel

from services.scope_guard.domain.judgement import ALLOWING
from services.scope_guard.domain.policy import EVERY_ACTIVITY, Pack, Rule
from services.scope_guard.domain.rulebook import Rulebook
from shared.contracts.codes import Responsibility
from shared.contracts.scope import DecideRequest

FACTS = ("responsibility", "credential_state", "supervision_state", "credential_endorsement")

CASBIN_MODEL = f"""
[request_definition]
r = role, activity, jurisdiction, {", ".join(FACTS)}

[policy_definition]
p = role, activity, jurisdiction, {", ".join(FACTS)}, eft

[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))

[matchers]
m = r.role == p.role && r.activity == p.activity && covers(p.jurisdiction, r.jurisdiction) && \
{" && ".join(f"among(p.{name}, r.{name})" for name in FACTS)}
"""


def question_words(request: DecideRequest) -> dict[str, str]:
    """The facts of a question as both engines read them; what is not given reads `none`."""
    facts = request.facts
    return {
        "jurisdiction": facts.jurisdiction,
        "responsibility": request.responsibility.value,
        "credential_state": facts.credential_state.value,
        "supervision_state": facts.supervision_state.value,
        "credential_endorsement": facts.credential_endorsement or "none",
    }


def _looked_at(rule: Rule) -> Mapping[str, frozenset[str]]:
    unknown = set(rule.when.facts) - set(FACTS)
    if unknown:
        raise NotImplementedError(f"rule `{rule.rule_id}` looks at {sorted(unknown)}, which the tables leave out")
    if len(rule.when.responsibility) == len(Responsibility):
        return rule.when.facts
    return {**rule.when.facts, "responsibility": frozenset(one.value for one in rule.when.responsibility)}


def cedar_policies(rulebook: Rulebook) -> cedarpy.PolicySet:
    """Parsed once. The clause that most rules fail on stands first, so that Cedar soon leaves a rule behind."""
    text = []
    for pack in rulebook.packs:
        for rule in pack.rules:
            effect = "permit" if rule.verdict in ALLOWING else "forbid"
            if EVERY_ACTIVITY in rule.activities and effect == "permit":
                continue  # a gate never gives a permission, and this one takes none away
            text.append(f"{effect}(principal, action, resource) when {{ {' && '.join(_clauses(pack, rule))} }};")
    return cedarpy.PolicySet.from_str("\n".join(text))


def _clauses(pack: Pack, rule: Rule) -> Iterator[str]:
    if EVERY_ACTIVITY not in rule.activities:
        yield f"[{_entities('Activity', rule.activities)}].contains(resource)"
    yield f"[{_entities('Role', sorted(rule.roles))}].contains(principal)"
    if pack.jurisdictions:
        places = [
            f'context.jurisdiction == "{one}" || context.jurisdiction like "{one}-*"' for one in pack.jurisdictions
        ]
        yield f"({' || '.join(places)})"
    for name, values in _looked_at(rule).items():
        yield f"{json.dumps(sorted(values))}.contains(context.{name})"


def _entities(kind: str, codes: Iterable[str]) -> str:
    return ", ".join(f'{kind}::"{code}"' for code in codes)


def cedar_request(request: DecideRequest) -> dict[str, str]:
    """With the context as JSON text already, so that none of that counts against Cedar."""
    return {
        "principal": f'Role::"{request.facts.practice_role.value}"',
        "action": 'Action::"assign"',
        "resource": f'Activity::"{request.activity}"',
        "context": json.dumps(question_words(request)),
    }


def casbin_enforcer(rulebook: Rulebook) -> casbin.FastEnforcer:
    """The fast enforcer, indexed by role and activity: it looks at a handful of rows instead of thousands."""
    by_role_and_activity = (0, 1)
    model = FastModel(by_role_and_activity)
    model.load_model_from_text(CASBIN_MODEL)
    enforcer = casbin.FastEnforcer(model, cache_key_order=by_role_and_activity)
    logging.getLogger("casbin").setLevel(logging.ERROR)  # it writes a line for every refusal
    enforcer.add_function("covers", _covers)
    enforcer.add_function("among", _among)
    enforcer.add_policies(list(_rows(rulebook)))
    return enforcer


def _rows(rulebook: Rulebook) -> Iterator[tuple[str, ...]]:
    every = tuple(activity.code for activity in rulebook.catalogue)
    seen = set()
    for pack in rulebook.packs:
        for rule in pack.rules:
            effect = "allow" if rule.verdict in ALLOWING else "deny"
            if EVERY_ACTIVITY in rule.activities and effect == "allow":
                continue
            looked_at = _looked_at(rule)
            facts = ["|".join(sorted(looked_at[name])) if name in looked_at else "*" for name in FACTS]
            for role in sorted(rule.roles):
                for activity in every if EVERY_ACTIVITY in rule.activities else rule.activities:
                    row = (role.value, activity, "|".join(pack.jurisdictions) or "*", *facts, effect)
                    if row not in seen:
                        seen.add(row)
                        yield row


def casbin_request(request: DecideRequest) -> tuple[str, ...]:
    """The values in the order of the request definition."""
    words = question_words(request)
    assert request.activity is not None
    return (
        request.facts.practice_role.value,
        request.activity,
        words["jurisdiction"],
        *(words[name] for name in FACTS),
    )


def _among(listed: str, word: str) -> bool:
    return listed == "*" or word in listed.split("|")


def _covers(listed: str, place: str) -> bool:
    return listed == "*" or any(place == one or place.startswith(one + "-") for one in listed.split("|"))
