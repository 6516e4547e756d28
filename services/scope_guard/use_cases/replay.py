"""Ask the loaded policy a stored question again, exactly as it was asked."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.scope_guard.domain.decision_log import UnknownDecision, answer, keyed_digest, question, same_judgement
from services.scope_guard.use_cases.ports import DecisionLog, Judge
from services.scope_guard.use_cases.preview import judged
from shared.clock import Clock
from shared.contracts.scope import Verdict


class ReplayOutcome(StrEnum):
    """What a replay found."""

    SAME = "same"
    DIFFERENT = "different"
    """The very policy version that decided now says something else: the log or the guard is not what it was."""
    TEXT_ERASED = "text_erased"
    TEXT_ALTERED = "text_altered"
    """The words that are kept are not those that were judged."""
    POLICY_NOT_LOADED = "policy_not_loaded"
    """Another policy version is loaded; its verdict is given, but proves nothing about the stored one."""


@dataclass(frozen=True)
class Replay:
    """Then and now; `verdict_now` is None where the question could not be asked again."""

    decision_id: UUID
    outcome: ReplayOutcome
    policy_version: str
    verdict: Verdict
    policy_version_now: str | None = None
    verdict_now: Verdict | None = None


async def replay(
    decision_id: UUID, *, tenant_id: UUID, log: DecisionLog, judge: Judge, clock: Clock, digest_key: bytes
) -> Replay:
    """Compare a stored decision with what the loaded policy says today. Raises UnknownDecision."""
    kept = await log.by_id(decision_id, tenant_id=tenant_id)
    if kept is None:
        raise UnknownDecision
    row = kept.row
    if kept.words is None:
        return Replay(decision_id, ReplayOutcome.TEXT_ERASED, row.policy_version, row.verdict)
    if keyed_digest(kept.words.text, key=digest_key) != row.text_digest:
        return Replay(decision_id, ReplayOutcome.TEXT_ALTERED, row.policy_version, row.verdict)
    now = judged(question(row, kept.words), judge=judge, clock=clock)
    if now.policy_version != row.policy_version:
        outcome = ReplayOutcome.POLICY_NOT_LOADED
    elif same_judgement(answer(kept), now):
        outcome = ReplayOutcome.SAME
    else:
        outcome = ReplayOutcome.DIFFERENT
    return Replay(
        decision_id=decision_id,
        outcome=outcome,
        policy_version=row.policy_version,
        verdict=row.verdict,
        policy_version_now=now.policy_version,
        verdict_now=now.verdict,
    )
