"""Conditions: checkable promises that turn "only if" into something a supervisor can look up."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.contracts.scope import ConditionFinding, FactsSnapshot


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition and what proves it.

    It is proven when its code is among the snapshot's `conditions_met` (unless `attestable` is false), or when each
    named fact of the snapshot has one of the listed values.
    """

    code: str
    description: str
    attestable: bool = True
    facts: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def is_met(self, facts: FactsSnapshot) -> bool:
        """True when the snapshot proves the condition."""
        if self.attestable and self.code in facts.conditions_met:
            return True
        return bool(self.facts) and all(str(getattr(facts, name)) in allowed for name, allowed in self.facts.items())

    def check(self, facts: FactsSnapshot) -> ConditionFinding:
        """The condition as it goes into a decision."""
        return ConditionFinding(code=self.code, description=self.description, met=self.is_met(facts))
