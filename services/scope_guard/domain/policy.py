"""Rules and packs: who may do what, where, and under which conditions. Immutable once loaded."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.contracts.codes import PracticeRole, Responsibility
from shared.contracts.scope import Alternative, FactsSnapshot, SourceReference, Verdict

EVERY_ACTIVITY = "*"
NOT_GIVEN = "none"  # what a fact that is missing reads


@dataclass(frozen=True, slots=True)
class Circumstances:
    """When a rule speaks. Each named fact must have one of the listed values; an empty table always speaks.

    Fact names are fields of `FactsSnapshot`; `responsibility` is that of the request.
    """

    facts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    responsibility: frozenset[Responsibility] = frozenset(Responsibility)

    def hold(self, facts: FactsSnapshot, *, responsibility: Responsibility) -> bool:
        """True when the rule speaks to this snapshot."""
        if responsibility not in self.responsibility:
            return False
        return all(fact_word(facts, name) in allowed for name, allowed in self.facts.items())

    def hold_in(self, words: Mapping[str, str], *, responsibility: Responsibility) -> bool:
        """The same, for facts already in the packs' words."""
        if responsibility not in self.responsibility:
            return False
        return all(words[name] in allowed for name, allowed in self.facts.items())


@dataclass(frozen=True, slots=True)
class Rule:
    """One sentence of a pack: for these roles and activities, this verdict, for this reason, from this source."""

    rule_id: str
    roles: frozenset[PracticeRole]
    activities: tuple[str, ...]
    verdict: Verdict
    reason: str
    source: SourceReference
    when: Circumstances = field(default_factory=Circumstances)
    conditions: tuple[str, ...] = ()
    alternative: Alternative | None = None


@dataclass(frozen=True, slots=True)
class Pack:
    """Rules that are adopted together. `jurisdictions` empty means everywhere; `US` includes every US state."""

    code: str
    title: str
    jurisdictions: tuple[str, ...]
    rules: tuple[Rule, ...]

    def covers(self, jurisdiction: str) -> bool:
        """True when the pack speaks for this ISO 3166-2 jurisdiction."""
        return not self.jurisdictions or any(
            jurisdiction == code or jurisdiction.startswith(code + "-") for code in self.jurisdictions
        )


def fact_word(facts: FactsSnapshot, name: str) -> str:
    """A fact as the packs write it; a fact that is not given reads `none`."""
    value = getattr(facts, name)
    return NOT_GIVEN if value is None else str(value)
