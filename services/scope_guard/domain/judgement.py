"""What the guard concludes, and how single conclusions combine.

Deny beats allow: of several verdicts the strictest one stands (source document 004, section 3.2; product feature C).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.contracts.codes import PracticeRole
from shared.contracts.scope import Alternative, ConditionFinding, RuleFinding, TaskPart, Verdict

STRICTNESS: dict[Verdict, int] = {
    Verdict.WITHIN_SCOPE: 0,
    Verdict.WITHIN_SCOPE_WITH_CONDITIONS: 1,
    Verdict.NEEDS_REVIEW: 2,
    Verdict.OUT_OF_SCOPE: 3,
}

ALLOWING = frozenset({Verdict.WITHIN_SCOPE, Verdict.WITHIN_SCOPE_WITH_CONDITIONS})


@dataclass(frozen=True, slots=True)
class Judgement:
    """The contents of `shared.contracts.scope.Decision` without ids, time and digest."""

    verdict: Verdict
    policy_version: str
    reason: str
    rules: tuple[RuleFinding, ...] = ()
    conditions: tuple[ConditionFinding, ...] = ()
    who_may: tuple[PracticeRole, ...] = ()
    alternative: Alternative | None = None
    split: tuple[TaskPart, ...] = ()


def stricter(first: Verdict, second: Verdict) -> Verdict:
    """The stricter of two verdicts."""
    return first if STRICTNESS[first] >= STRICTNESS[second] else second


def strictest(verdicts: Iterable[Verdict], *, if_none: Verdict = Verdict.NEEDS_REVIEW) -> Verdict:
    """The strictest verdict given; `if_none` when there is none, because silence is a question, not a permission."""
    return max(verdicts, key=STRICTNESS.__getitem__, default=if_none)
