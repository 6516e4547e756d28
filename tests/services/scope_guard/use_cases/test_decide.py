"""One question, one answer, for ever."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from services.scope_guard.domain.decision_log import OccurrenceOutOfRange, RequestIdReused
from services.scope_guard.use_cases.decide import decide
from shared.clock import FixedClock
from shared.contracts.scope import DecideMode, DecideRequest, Decision, Verdict, input_digest
from tests.services.scope_guard.questions import KEY, OTHER_TENANT, WordJudge, question
from tests.services.scope_guard.use_cases.fakes import CountingBell, MemoryLog

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


class Guard:
    """The use case with its ports in memory."""

    def __init__(self) -> None:
        self.log, self.bell, self.clock, self.judge = MemoryLog(), CountingBell(), FixedClock(NOW), WordJudge()

    async def ask(self, request: DecideRequest) -> Decision:
        return await decide(
            request, judge=self.judge, log=self.log, clock=self.clock, digest_key=KEY, doorbell=self.bell
        )


async def test_a_binding_decision_is_stored_as_it_is_given() -> None:
    guard, request = Guard(), question()
    decision = await guard.ask(request)
    assert decision.verdict is Verdict.WITHIN_SCOPE
    assert decision.input_digest == input_digest(request)
    assert decision.decided_at == NOW
    [kept] = guard.log.kept.values()
    assert kept.row.decision_id == decision.decision_id
    assert kept.row.occurred_at == NOW
    assert guard.log.events == []
    assert guard.bell.rings == 0


async def test_the_same_request_id_gets_the_very_same_decision_even_after_a_new_policy() -> None:
    guard, request = Guard(), question("diagnose him and listen to him")
    first = await guard.ask(request)
    guard.clock.advance(timedelta(hours=1))
    guard.judge = WordJudge("words-2")
    assert await guard.ask(request) == first
    assert len(guard.log.events) == 1
    assert guard.bell.rings == 1


async def test_another_question_under_a_known_request_id_is_refused() -> None:
    guard, request = Guard(), question()
    await guard.ask(request)
    with pytest.raises(RequestIdReused):
        await guard.ask(request.model_copy(update={"text": "diagnose him"}))
    assert len(guard.log.kept) == 1
    assert guard.log.events == []


async def test_the_same_request_id_of_another_tenant_is_another_question() -> None:
    guard, request = Guard(), question()
    first = await guard.ask(request)
    second = await guard.ask(request.model_copy(update={"tenant_id": OTHER_TENANT}))
    assert second.decision_id != first.decision_id


async def test_a_refusal_leaves_one_boundary_event_of_the_assignment() -> None:
    guard = Guard()
    occurred_at = NOW - timedelta(hours=3)
    decision = await guard.ask(question("diagnose him", occurred_at=occurred_at))
    [event] = guard.log.events
    assert event.decision_id == decision.decision_id
    assert event.rule_ids == ("words.diagnose",)
    assert (event.occurred_at, event.recorded_at) == (occurred_at, NOW)
    assert guard.bell.rings == 1


@pytest.mark.parametrize("text", ["listen", "maybe", "crisis"])
async def test_no_other_verdict_leaves_one(text: str) -> None:
    guard = Guard()
    await guard.ask(question(text))
    assert guard.log.events == []


async def test_preview_mode_leaves_nothing_behind() -> None:
    guard = Guard()
    decision = await guard.ask(question("diagnose him", mode=DecideMode.PREVIEW))
    assert decision.mode is DecideMode.PREVIEW
    assert decision.verdict is Verdict.OUT_OF_SCOPE
    assert guard.log.kept == {}
    assert guard.log.events == []
    assert guard.bell.rings == 0


@pytest.mark.parametrize(
    "occurred_at",
    [
        NOW + timedelta(minutes=3),
        datetime(1999, 12, 31, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
        datetime(9999, 12, 31, 23, tzinfo=timezone(-timedelta(hours=14))),
    ],
)
async def test_a_time_that_cannot_be_is_refused_before_anything_is_stored(occurred_at: datetime) -> None:
    guard = Guard()
    with pytest.raises(OccurrenceOutOfRange):
        await guard.ask(question(occurred_at=occurred_at))
    assert guard.log.kept == {}


async def test_a_clock_that_runs_a_little_ahead_is_forgiven() -> None:
    guard = Guard()
    await guard.ask(question(occurred_at=NOW + timedelta(minutes=1)))
    assert len(guard.log.kept) == 1
