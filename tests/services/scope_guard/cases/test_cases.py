"""The tables of own cases: each allow beside its near miss."""

from collections import Counter
from pathlib import Path

import pytest

from shared.contracts.scope import Verdict
from shared.plain_yaml import read_yaml
from tests.services.scope_guard.brain import ask

TABLES = sorted(Path(__file__).parent.glob("*.yaml"))
EXPECTED = {
    "within": Verdict.WITHIN_SCOPE,
    "conditional": Verdict.WITHIN_SCOPE_WITH_CONDITIONS,
    "held": Verdict.NEEDS_REVIEW,
    "refused": Verdict.OUT_OF_SCOPE,
}


def _cases() -> list[tuple[str, str, str]]:
    return [
        (table.stem, kind, text)
        for table in TABLES
        for row in read_yaml(table.read_text(encoding="utf-8"))
        for kind, text in row.items()
    ]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.stem)
def test_every_case_gets_the_verdict_beside_it(table: Path) -> None:
    wrong = []
    for row in read_yaml(table.read_text(encoding="utf-8")):
        for kind, text in row.items():
            verdict = ask(text).verdict
            if verdict is not EXPECTED[kind]:
                wrong.append(f"{text!r}: {verdict}, expected {EXPECTED[kind]}")
    assert wrong == []


def test_there_are_at_least_five_hundred_cases_and_no_doubles() -> None:
    texts = Counter(text for _, _, text in _cases())
    repeated = {text for text, times in texts.items() if times > 1}
    assert len(_cases()) >= 500
    assert len(repeated) <= 5, repeated


def test_every_row_sets_an_allow_beside_a_deny() -> None:
    for table in TABLES:
        for row in read_yaml(table.read_text(encoding="utf-8")):
            assert len(row) == 2 or set(row) == {"held"}, (table.stem, row)


def test_spans_point_at_the_words_that_decided() -> None:
    for _, kind, text in _cases():
        if kind == "refused":
            findings = [finding for finding in ask(text).rules if finding.verdict is Verdict.OUT_OF_SCOPE]
            assert findings
            for finding in findings:
                assert finding.spans, text
                for span in finding.spans:
                    assert 0 <= span.start < span.end <= len(text)
