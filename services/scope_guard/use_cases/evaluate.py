"""Measure the judge on statements that people have labelled: in the role, out of it, or only with a condition."""

import math
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from services.scope_guard.domain.judgement import ALLOWING, Judgement
from shared.contracts.codes import CredentialState, IntegrationModel, PracticeRole, Setting, SupervisionState
from shared.contracts.scope import DecideMode, DecideRequest, FactsSnapshot, Verdict

LABELS = ("in", "out", "conditional")
_ANYONE = uuid.UUID(int=0)
_Z95 = 1.959963984540054


class Judges(Protocol):
    """Whatever can judge a request."""

    def judge(self, request: DecideRequest) -> Judgement:
        """The judgement of one request."""
        ...


@dataclass(frozen=True, slots=True)
class Statement:
    """One labelled sentence. `source` is the title of the document it stands in; `category` may be empty."""

    statement_id: str
    text: str
    label: str
    source: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A statement, what the judge said of it, and how long that took."""

    statement: Statement
    judgement: Judgement
    milliseconds: float

    @property
    def is_wrong_allow(self) -> bool:
        """Out of the role, and allowed, with or without conditions."""
        return self.statement.label == "out" and self.judgement.verdict in ALLOWING

    @property
    def is_false_refusal(self) -> bool:
        """In the role, and refused."""
        return self.statement.label == "in" and self.judgement.verdict is Verdict.OUT_OF_SCOPE


def usual_facts(role: PracticeRole) -> FactsSnapshot:
    """A credentialed worker with current supervision, in the community, in no state of its own rules."""
    return FactsSnapshot(
        practice_role=role,
        credential_state=CredentialState.ACTIVE,
        supervision_state=SupervisionState.CURRENT,
        setting=Setting.COMMUNITY_MENTAL_HEALTH,
        integration_model=IntegrationModel.INTEGRATED_TEAM,
        jurisdiction="US",
        team_roles=tuple(PracticeRole),
    )


def question(text: str, facts: FactsSnapshot) -> DecideRequest:
    """A preview of nobody's task."""
    return DecideRequest(request_id=_ANYONE, tenant_id=_ANYONE, mode=DecideMode.PREVIEW, text=text, facts=facts)


def evaluate(statements: Iterable[Statement], *, judge: Judges, facts: FactsSnapshot) -> list[Outcome]:
    """Judge every statement once, in order."""
    outcomes: list[Outcome] = []
    for statement in statements:
        request = question(statement.text, facts)
        begun = time.perf_counter()
        judgement = judge.judge(request)
        outcomes.append(Outcome(statement, judgement, (time.perf_counter() - begun) * 1000))
    return outcomes


def wilson(hits: int, total: int) -> tuple[float, float]:
    """The 95 % Wilson score interval of a share; (0, 1) when nothing was counted."""
    if total == 0:
        return 0.0, 1.0
    share = hits / total
    spread = _Z95 * math.sqrt(share * (1 - share) / total + _Z95**2 / (4 * total**2))
    scale = 1 + _Z95**2 / total
    middle = share + _Z95**2 / (2 * total)
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def report(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Everything the evaluation has to say, ready for JSON."""
    times = sorted(outcome.milliseconds for outcome in outcomes)
    return {
        "n": len(outcomes),
        "by_label": {label: _verdicts(outcomes, label) for label in LABELS},
        "latency_ms": {"p50": _quantile(times, 0.5), "p95": _quantile(times, 0.95)},
        "rates": rates(outcomes),
        "by_category": _by(outcomes, "category"),
        "by_source": _by(outcomes, "source"),
        "wrong_allows": [_explained(outcome) for outcome in outcomes if outcome.is_wrong_allow],
        "false_refusals": [_explained(outcome) for outcome in outcomes if outcome.is_false_refusal],
    }


def rates(outcomes: Sequence[Outcome]) -> dict[str, dict[str, Any]]:
    """The shares that the goals speak of, each with hits, total and Wilson interval."""
    allowed = set(ALLOWING)
    return {
        "out_allowed": _share(outcomes, "out", allowed),
        "out_refused": _share(outcomes, "out", {Verdict.OUT_OF_SCOPE}),
        "in_refused": _share(outcomes, "in", {Verdict.OUT_OF_SCOPE}),
        "in_within": _share(outcomes, "in", {Verdict.WITHIN_SCOPE}),
        "in_allowed": _share(outcomes, "in", allowed),
        "conditional_within": _share(outcomes, "conditional", {Verdict.WITHIN_SCOPE}),
    }


def _share(outcomes: Sequence[Outcome], label: str, verdicts: set[Verdict]) -> dict[str, Any]:
    labelled = [outcome for outcome in outcomes if outcome.statement.label == label]
    hits = sum(1 for outcome in labelled if outcome.judgement.verdict in verdicts)
    low, high = wilson(hits, len(labelled))
    share = round(hits / len(labelled), 4) if labelled else None
    return {"hits": hits, "of": len(labelled), "share": share, "low": round(low, 4), "high": round(high, 4)}


def _verdicts(outcomes: Sequence[Outcome], label: str) -> dict[str, int]:
    counted = Counter(o.judgement.verdict for o in outcomes if o.statement.label == label)
    return {verdict.value: counted[verdict] for verdict in Verdict}


def _by(outcomes: Sequence[Outcome], name: str) -> dict[str, dict[str, Any]]:
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[getattr(outcome.statement, name)].append(outcome)
    return {
        key: {
            "n": len(group),
            "by_label": {label: _verdicts(group, label) for label in LABELS},
            "wrong_allows": sum(outcome.is_wrong_allow for outcome in group),
            "false_refusals": sum(outcome.is_false_refusal for outcome in group),
            "rates": rates(group),
        }
        for key, group in sorted(groups.items())
    }


def _explained(outcome: Outcome) -> dict[str, Any]:
    text = outcome.statement.text
    return {
        "id": outcome.statement.statement_id,
        "text": text,
        "source": outcome.statement.source,
        "verdict": outcome.judgement.verdict.value,
        "rules": [
            {
                "rule_id": finding.rule_id,
                "activity": finding.activity,
                "verdict": finding.verdict.value,
                "spans": [text[span.start : span.end] for span in finding.spans],
            }
            for finding in outcome.judgement.rules
        ],
    }


def _quantile(ordered: Sequence[float], share: float) -> float:
    if not ordered:
        return 0.0
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 3)
