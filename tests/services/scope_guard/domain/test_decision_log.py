"""What is kept of a decision."""

from dataclasses import asdict
from datetime import UTC, datetime

import pytest

from services.scope_guard.domain.decision_log import (
    answer,
    asks_the_same,
    boundary_event,
    enter,
    keyed_digest,
    question,
    same_judgement,
)
from services.scope_guard.use_cases.preview import judged
from shared.clock import FixedClock
from shared.contracts.scope import DecideRequest, Decision, Verdict, input_digest
from shared.identifiers import new_id
from tests.services.scope_guard.questions import KEY, WordJudge
from tests.services.scope_guard.questions import question as asked

CLOCK = FixedClock(datetime(2026, 3, 2, tzinfo=UTC))


def decided(request: DecideRequest) -> Decision:
    return judged(request, judge=WordJudge(), clock=CLOCK)


def test_the_row_holds_neither_the_words_nor_a_digest_that_could_be_guessed() -> None:
    request = asked("diagnose Quillfeather and phone Quillfeather")
    kept = enter(request, decided(request), key=KEY)
    row = repr(asdict(kept.row))
    assert "Quillfeather" not in row
    assert input_digest(request) not in row
    assert keyed_digest(request.text, key=KEY) == kept.row.text_digest
    assert keyed_digest(request.text, key=b"another") != kept.row.text_digest


def test_entering_and_answering_is_the_identity() -> None:
    request = asked("diagnose him and listen", team_id=new_id())
    decision = decided(request)
    assert len(decision.split) == 2
    assert answer(enter(request, decision, key=KEY)) == decision


def test_the_question_can_be_rebuilt_exactly() -> None:
    request = asked(
        "crisis", activity="listening", assigner_worker_id=new_id(), assigner_role="nurse", occurred_at=CLOCK.now()
    )
    kept = enter(request, decided(request), key=KEY)
    assert kept.words is not None
    assert question(kept.row, kept.words) == request
    assert asks_the_same(kept.row, request, key=KEY)
    assert not asks_the_same(kept.row, request.model_copy(update={"text": "Crisis"}), key=KEY)


@pytest.mark.parametrize("text", ["listen", "maybe", "crisis", "diagnose"])
def test_only_a_refusal_is_a_boundary_event(text: str) -> None:
    request = asked(text)
    kept = enter(request, decided(request), key=KEY)
    event = boundary_event(kept.row, boundary_event_id=new_id())
    assert (event is not None) is (kept.row.verdict is Verdict.OUT_OF_SCOPE)


def test_ids_and_times_make_no_difference_but_every_word_does() -> None:
    request = asked("diagnose him")
    first = decided(request)
    assert same_judgement(first, first.model_copy(update={"decision_id": new_id(), "decided_at": datetime.now(UTC)}))
    for change in ({"reason": "another"}, {"rules": ()}, {"verdict": Verdict.NEEDS_REVIEW}, {"policy_version": "2"}):
        assert not same_judgement(first, first.model_copy(update=change))
