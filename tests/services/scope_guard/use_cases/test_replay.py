"""The stored question asked again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.scope_guard.domain.decision_log import DecisionWords, KeptDecision, UnknownDecision, enter
from services.scope_guard.use_cases.preview import judged
from services.scope_guard.use_cases.replay import Replay, ReplayOutcome, replay
from services.scope_guard.use_cases.show_decision import show_decision
from shared.clock import FixedClock
from shared.contracts.scope import Decision, Verdict
from tests.services.scope_guard.questions import KEY, OTHER_TENANT, TENANT, WordJudge, question
from tests.services.scope_guard.use_cases.fakes import MemoryLog

CLOCK = FixedClock(datetime(2026, 3, 2, tzinfo=UTC))
Change = Callable[[KeptDecision], KeptDecision]


async def stored(text: str, change: Change = lambda kept: kept) -> tuple[MemoryLog, Decision]:
    request, log = question(text), MemoryLog()
    decision = judged(request, judge=WordJudge(), clock=CLOCK)
    await log.append(change(enter(request, decision, key=KEY)), boundary=None)
    return log, decision


async def replayed(log: MemoryLog, decision: Decision, *, judge: WordJudge | None = None) -> Replay:
    return await replay(
        decision.decision_id, tenant_id=TENANT, log=log, judge=judge or WordJudge(), clock=CLOCK, digest_key=KEY
    )


def erased(kept: KeptDecision) -> KeptDecision:
    return replace(kept, words=None)


@pytest.mark.parametrize(
    "text", ["listen", "diagnose him and listen", "crisis", "", "nul \x00 and \u2028 and \U0001f600"]
)
async def test_the_same_policy_says_the_same(text: str) -> None:
    log, decision = await stored(text)
    found = await replayed(log, decision)
    assert found.outcome is ReplayOutcome.SAME
    assert found.verdict_now is decision.verdict


async def test_a_decision_that_the_policy_never_made_is_found_out() -> None:
    def forge(kept: KeptDecision) -> KeptDecision:
        return replace(kept, row=replace(kept.row, verdict=Verdict.WITHIN_SCOPE))

    found = await replayed(*await stored("diagnose him", forge))
    assert found.outcome is ReplayOutcome.DIFFERENT
    assert (found.verdict, found.verdict_now) == (Verdict.WITHIN_SCOPE, Verdict.OUT_OF_SCOPE)


async def test_another_policy_version_proves_nothing() -> None:
    found = await replayed(*await stored("diagnose him"), judge=WordJudge("words-2"))
    assert found.outcome is ReplayOutcome.POLICY_NOT_LOADED
    assert (found.policy_version, found.policy_version_now) == ("words-1", "words-2")


async def test_erased_words_cannot_be_asked_again() -> None:
    found = await replayed(*await stored("diagnose him", erased))
    assert found.outcome is ReplayOutcome.TEXT_ERASED
    assert found.verdict_now is None


async def test_altered_words_are_found_out() -> None:
    def alter(kept: KeptDecision) -> KeptDecision:
        return replace(kept, words=DecisionWords(text="listen", parts=(), input_digest="0" * 64))

    found = await replayed(*await stored("diagnose him", alter))
    assert found.outcome is ReplayOutcome.TEXT_ALTERED


async def test_another_tenants_decision_is_unknown() -> None:
    log, decision = await stored("listen")
    with pytest.raises(UnknownDecision):
        await replay(
            decision.decision_id, tenant_id=OTHER_TENANT, log=log, judge=WordJudge(), clock=CLOCK, digest_key=KEY
        )
    with pytest.raises(UnknownDecision):
        await show_decision(decision.decision_id, tenant_id=OTHER_TENANT, log=log)


async def test_a_decision_is_shown_as_it_was_given() -> None:
    log, decision = await stored("diagnose him and listen")
    assert await show_decision(decision.decision_id, tenant_id=TENANT, log=log) == decision


async def test_once_erased_the_words_are_gone_from_every_part() -> None:
    log, decision = await stored("diagnose him and listen", erased)
    shown = await show_decision(decision.decision_id, tenant_id=TENANT, log=log)
    assert shown.verdict is decision.verdict
    assert [part.text for part in shown.split] == ["", ""]
    assert [part.span for part in shown.split] == [part.span for part in decision.split]
    assert shown.input_digest == ""
