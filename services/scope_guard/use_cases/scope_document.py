"""The page on scope of practice, made from the packs: what each role does, does with a condition, and never does."""

from collections.abc import Iterable, Iterator

from services.scope_guard.domain.policy import EVERY_ACTIVITY, Pack, Rule
from services.scope_guard.domain.rulebook import Rulebook
from shared.contracts.codes import PracticeRole
from shared.contracts.scope import Verdict

DOCUMENT_PATH = "docs/scope-of-practice.md"

_HEADINGS = (
    (Verdict.WITHIN_SCOPE, "Does"),
    (Verdict.WITHIN_SCOPE_WITH_CONDITIONS, "Does with a condition"),
    (Verdict.NEEDS_REVIEW, "Asks a supervisor first"),
    (Verdict.OUT_OF_SCOPE, "Never does"),
)


def scope_document(rulebook: Rulebook) -> str:
    """The whole page as Markdown; the same packs give the same page, byte for byte."""
    return "\n".join(_page(rulebook)) + "\n"


def _page(rulebook: Rulebook) -> Iterator[str]:
    yield "# Scope of practice"
    yield ""
    yield "<!-- Made from services/scope_guard/policy by `handrail scope document`; change the packs, not this page. -->"
    yield ""
    yield "What each role does, does with a condition, and never does, with the source of every rule. Deny beats allow."
    yield "Whatever no rule speaks of goes to a supervisor first. A refusal belongs to the assignment, never to the worker."
    everywhere = [pack for pack in rulebook.packs if not pack.jurisdictions]
    for role in PracticeRole:
        rules = [rule for pack in everywhere for rule in pack.rules if role in rule.roles]
        if rules:
            yield ""
            yield f"## {_title(role)}"
            yield from _rules(rules, rulebook)
    yield ""
    yield "# Where a place has its own rules"
    for pack in rulebook.packs:
        if pack.jurisdictions:
            yield from _local(pack, rulebook)
    yield ""
    yield "# Conditions"
    yield ""
    for condition in rulebook.conditions.values():
        yield f"- **{condition.code}**: {condition.description}"


def _local(pack: Pack, rulebook: Rulebook) -> Iterator[str]:
    yield ""
    yield f"## {pack.title} ({', '.join(pack.jurisdictions)})"
    for rule in pack.rules:
        roles = ", ".join(_title(role) for role in PracticeRole if role in rule.roles)
        yield ""
        yield f"{roles}:"
        yield ""
        yield _line(rule, rulebook)


def _rules(rules: Iterable[Rule], rulebook: Rulebook) -> Iterator[str]:
    listed = list(rules)
    for verdict, heading in _HEADINGS:
        of_verdict = [rule for rule in listed if rule.verdict is verdict]
        if of_verdict:
            yield ""
            yield f"### {heading}"
            yield ""
            for rule in of_verdict:
                yield _line(rule, rulebook)


def _line(rule: Rule, rulebook: Rulebook) -> str:
    names = [
        "every activity" if code == EVERY_ACTIVITY else rulebook.catalogue.get(code).title for code in rule.activities
    ]
    words = [f"- {', '.join(names)}: {rule.reason}."]
    for name, values in rule.when.facts.items():
        words.append(f"When {name.replace('_', ' ')} is {' or '.join(sorted(values))}.")
    if len(rule.when.responsibility) == 1:
        words.append(f"When the worker would {_carry(rule)}.")
    if rule.conditions:
        words.append(f"Condition: {'; '.join(rulebook.conditions[code].description for code in rule.conditions)}.")
    if rule.alternative is not None:
        words.append(f"Instead: {rule.alternative.text}.")
    words.append(f"*{rule.source.document}, {rule.source.section}* (`{rule.rule_id}`)")
    return " ".join(words)


def _carry(rule: Rule) -> str:
    return "help with it" if "assist" in rule.when.responsibility else "carry it"


def _title(role: PracticeRole) -> str:
    return role.value.replace("_", " ").capitalize()
