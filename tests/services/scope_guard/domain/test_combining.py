"""The algebra of verdicts."""

import itertools

from services.scope_guard.domain.judgement import stricter, strictest
from services.scope_guard.use_cases.evaluate import wilson
from shared.contracts.scope import Verdict


def test_the_stricter_verdict_stands_in_any_order() -> None:
    for first, second in itertools.product(Verdict, repeat=2):
        assert stricter(first, second) is stricter(second, first)
        assert strictest([first, second]) is stricter(first, second)
    assert strictest(list(Verdict)) is Verdict.OUT_OF_SCOPE


def test_silence_is_a_question() -> None:
    assert strictest([]) is Verdict.NEEDS_REVIEW


def test_wilson_interval_matches_the_textbook() -> None:
    low, high = wilson(1, 10)
    assert (round(low, 4), round(high, 4)) == (0.0179, 0.4042)
    assert wilson(0, 0) == (0.0, 1.0)
