"""What the guard keeps of a decision: a row that is chained for ever, and words that can be erased.

The row never holds the words of a task, and no digest of them that anybody without the key could guess from
(a task is one short sentence; a plain hash of it would survive the erasure it is meant to allow). The words, the
words of each part of a mixed task and the caller's plain input digest sit beside the row and go together.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from shared.contracts.codes import PracticeRole, Responsibility, Setting
from shared.contracts.scope import DecideMode, DecideRequest, Decision, FactsSnapshot, Verdict, input_digest

EARLIEST_OCCURRENCE = datetime(2000, 1, 1, tzinfo=UTC)
"""Late entry is welcome, but nothing this system guards happened before it could have."""

_RESULT_FIELDS = {"reason", "rules", "conditions", "who_may", "alternative", "split"}


class UnknownDecision(Exception):  # noqa: N818 - a domain word
    """No decision of this tenant has this id."""


class RequestIdReused(Exception):  # noqa: N818 - a domain word
    """The request id already belongs to another question; the stored answer stays what it is."""


class OccurrenceOutOfRange(Exception):  # noqa: N818 - a domain word
    """The caller's `occurred_at` lies in the future, or before the year 2000."""


@dataclass(frozen=True)
class LoggedDecision:
    """The chained row. `facts` and `result` are plain JSON values; digests are HMAC-SHA-256 in hex."""

    decision_id: UUID
    tenant_id: UUID
    request_id: UUID
    verdict: Verdict
    policy_version: str
    practice_role: PracticeRole
    activity: str | None
    responsibility: Responsibility
    assigner_worker_id: UUID | None
    assigner_role: PracticeRole | None
    team_id: UUID | None
    programme_id: UUID | None
    rule_ids: tuple[str, ...]
    facts: Mapping[str, Any]
    result: Mapping[str, Any]
    text_digest: str
    input_digest: str
    occurred_at: datetime
    decided_at: datetime
    recorded_at: datetime


@dataclass(frozen=True)
class DecisionWords:
    """The erasable half. `parts` are the words of a mixed task's parts, in the order of `result["split"]`."""

    text: str
    parts: tuple[str, ...]
    input_digest: str


@dataclass(frozen=True)
class KeptDecision:
    """What is still there of a decision: always the row, and the words until they are erased."""

    row: LoggedDecision
    words: DecisionWords | None


@dataclass(frozen=True)
class BoundaryEvent:
    """An out-of-role assignment was refused: an event of the assignment, never of the peer."""

    boundary_event_id: UUID
    tenant_id: UUID
    decision_id: UUID
    practice_role: PracticeRole
    assigner_worker_id: UUID | None
    team_id: UUID | None
    programme_id: UUID | None
    rule_ids: tuple[str, ...]
    activity: str | None
    setting: Setting
    occurred_at: datetime
    recorded_at: datetime


def keyed_digest(value: str, *, key: bytes) -> str:
    """HMAC-SHA-256 in hex. Lone surrogates, which UTF-8 can't hold, still get a digest of their own."""
    return hmac.new(key, value.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def enter(request: DecideRequest, decision: Decision, *, key: bytes) -> KeptDecision:
    """The row and the words to keep of a binding decision."""
    result = decision.model_dump(mode="json", include=_RESULT_FIELDS)
    parts = tuple(part.pop("text") for part in result["split"])
    row = LoggedDecision(
        decision_id=decision.decision_id,
        tenant_id=request.tenant_id,
        request_id=request.request_id,
        verdict=decision.verdict,
        policy_version=decision.policy_version,
        practice_role=request.facts.practice_role,
        activity=request.activity,
        responsibility=request.responsibility,
        assigner_worker_id=request.assigner_worker_id,
        assigner_role=request.assigner_role,
        team_id=request.team_id,
        programme_id=request.programme_id,
        rule_ids=rule_ids(decision),
        facts=request.facts.model_dump(mode="json"),
        result=result,
        text_digest=keyed_digest(request.text, key=key),
        input_digest=keyed_digest(decision.input_digest, key=key),
        occurred_at=request.occurred_at or decision.decided_at,
        decided_at=decision.decided_at,
        recorded_at=decision.decided_at,
    )
    return KeptDecision(
        row=row, words=DecisionWords(text=request.text, parts=parts, input_digest=decision.input_digest)
    )


def rule_ids(decision: Decision) -> tuple[str, ...]:
    """The rules that carried the verdict, once each, in the order in which the guard named them."""
    return tuple(dict.fromkeys(rule.rule_id for rule in decision.rules))


def answer(kept: KeptDecision) -> Decision:
    """The stored decision as it was given. Once the words are erased, they and the plain digest are empty."""
    row, words = kept.row, kept.words
    result = dict(row.result)
    texts = words.parts if words is not None else ("",) * len(result["split"])
    result["split"] = [{**part, "text": text} for part, text in zip(result["split"], texts, strict=True)]
    return Decision.model_validate(
        {
            "decision_id": row.decision_id,
            "request_id": row.request_id,
            "mode": DecideMode.BINDING,
            "verdict": row.verdict,
            "policy_version": row.policy_version,
            "input_digest": words.input_digest if words is not None else "",
            "decided_at": row.decided_at,
            **result,
        }
    )


def asks_the_same(row: LoggedDecision, request: DecideRequest, *, key: bytes) -> bool:
    """Whether a repeated request id repeats the question too."""
    return hmac.compare_digest(row.input_digest, keyed_digest(input_digest(request), key=key))


def question(row: LoggedDecision, words: DecisionWords) -> DecideRequest:
    """The question exactly as it was asked, for replay."""
    return DecideRequest(
        request_id=row.request_id,
        tenant_id=row.tenant_id,
        activity=row.activity,
        responsibility=row.responsibility,
        text=words.text,
        facts=FactsSnapshot.model_validate(row.facts),
        assigner_worker_id=row.assigner_worker_id,
        assigner_role=row.assigner_role,
        team_id=row.team_id,
        programme_id=row.programme_id,
        occurred_at=row.occurred_at,
    )


def same_judgement(first: Decision, second: Decision) -> bool:
    """Whether two decisions conclude the same in every word, whatever their ids and times."""
    concluded = _RESULT_FIELDS | {"verdict", "policy_version", "input_digest"}
    return first.model_dump(include=concluded) == second.model_dump(include=concluded)


def boundary_event(row: LoggedDecision, *, boundary_event_id: UUID) -> BoundaryEvent | None:
    """The event that a refusal leaves; None for every other verdict."""
    if row.verdict is not Verdict.OUT_OF_SCOPE:
        return None
    return BoundaryEvent(
        boundary_event_id=boundary_event_id,
        tenant_id=row.tenant_id,
        decision_id=row.decision_id,
        practice_role=row.practice_role,
        assigner_worker_id=row.assigner_worker_id,
        team_id=row.team_id,
        programme_id=row.programme_id,
        rule_ids=row.rule_ids,
        activity=row.activity,
        setting=Setting(row.facts["setting"]),
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
    )
