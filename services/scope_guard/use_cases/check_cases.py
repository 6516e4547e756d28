"""Check sentences against the verdicts that people wrote beside them."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.scope_guard.use_cases.evaluate import Judges, question
from shared.contracts.scope import FactsSnapshot, Verdict


@dataclass(frozen=True, slots=True)
class Case:
    """One sentence of a case table and the verdict it must get."""

    table: str
    text: str
    expected: Verdict


@dataclass(frozen=True, slots=True)
class Miss:
    """A case that got another verdict, and the rules (or else the reason) behind it."""

    case: Case
    verdict: Verdict
    why: str

    def as_row(self) -> dict[str, str]:
        """The miss as a flat row."""
        return {
            "table": self.case.table,
            "text": self.case.text,
            "expected": self.case.expected.value,
            "verdict": self.verdict.value,
            "why": self.why,
        }


def check_cases(cases: Iterable[Case], *, judge: Judges, facts: FactsSnapshot) -> list[Miss]:
    """Judge every case once; those that got what they must are not in the answer."""
    misses: list[Miss] = []
    for case in cases:
        judgement = judge.judge(question(case.text, facts))
        if judgement.verdict is not case.expected:
            rules = [finding.rule_id for finding in judgement.rules if finding.verdict is judgement.verdict]
            misses.append(Miss(case, judgement.verdict, ", ".join(dict.fromkeys(rules)) or judgement.reason))
    return misses
