"""Whatever is typed: never an error, never allowed by accident, never slow."""

import os
import random
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.scope_guard.domain.judgement import ALLOWING
from shared.contracts.scope import MAX_TEXT_CHARACTERS, Verdict
from shared.plain_yaml import read_yaml
from tests.services.scope_guard.brain import ask, judge
from tests.services.scope_guard.cases.test_cases import TABLES

REFUSED = [
    text
    for table in TABLES
    for row in read_yaml(table.read_text(encoding="utf-8"))
    for kind, text in row.items()
    if kind == "refused"
]
MUTATIONS = int(os.environ.get("HANDRAIL_FUZZ_SENTENCES", "5000"))
LOOK_ALIKE = {"a": "а", "e": "е", "o": "о", "c": "с", "p": "р", "i": "і", "s": "ѕ", "x": "х", "d": "ԁ"}
PREFIXES = ("please ", "Please, ", "when you have a minute, ", "kindly ", "today: ", "- ", "• ", "1. ", "Also ")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n\n",
        "\x00\x01\x02",
        "💊💊💊",
        "。。。",
        "<script>alert(1)</script>",
        "'; DROP TABLE decisions; --",
        "\u202e\u200f\u200b",
        "प्रिय मित्र",
        "药物管理",
        "a" * MAX_TEXT_CHARACTERS,
        "((((((((((",
        '"""""""""',
        "...!!!???",
        "and and and or or , , ,",
        "not not not not",
    ],
)
def test_nonsense_is_a_question(text: str) -> None:
    assert ask(text).verdict is Verdict.NEEDS_REVIEW


@given(st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_text_gets_an_answer_with_spans_inside_it(text: str) -> None:
    judged = ask(text)
    for finding in judged.rules:
        for span in finding.spans:
            assert 0 <= span.start < span.end <= len(text)
    for part in judged.split:
        assert text[part.span.start : part.span.end] == part.text


def _mutated(text: str, chance: random.Random) -> str:
    kind = chance.randrange(8)
    if kind == 0:
        return text.upper() if chance.random() < 0.5 else text.title()
    if kind == 1:
        return text.replace(" ", chance.choice(["  ", "\t", "\u00a0", "\u2003", " \u200b"]))
    if kind == 2:
        return "".join(LOOK_ALIKE.get(letter, letter) if chance.random() < 0.5 else letter for letter in text)
    if kind == 3:
        prefix = chance.choice(PREFIXES)
        return prefix + text[0].lower() + text[1:]
    if kind == 4:
        return text + chance.choice(["!", ".", "...", " please", " thanks", "?", " 🙂"])
    if kind == 5:
        place = chance.randrange(len(text))
        return text[:place] + "\u200b" + text[place:]
    if kind == 6:
        return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
    return text.swapcase()


def test_no_disguise_turns_a_refusal_into_an_allow() -> None:
    """`HANDRAIL_FUZZ_SENTENCES=100000` runs the long form."""
    chance = random.Random(20261122)
    slipped = []
    for _ in range(MUTATIONS):
        text = _mutated(chance.choice(REFUSED), chance)
        if chance.random() < 0.3:
            text = _mutated(text, chance)
        if ask(text[:MAX_TEXT_CHARACTERS]).verdict in ALLOWING:
            slipped.append(text)
    assert slipped == []


def _steps(text: str) -> int:
    """How many functions are called to read a text: a measure of work that does not depend on the machine's load."""
    count = 0

    def note(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        judge().reader.read(text)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "seed",
    [
        "assess and ",
        "not to ",
        "help him to ",
        "a b c d e ",
        "dia gnose ",
        "who will ",
        '" ',
        "xxxxxxxxx ",
        "if, ",
        "in of ",
    ],
)
def test_work_grows_with_the_length_and_not_with_its_square(seed: str) -> None:
    half, whole = seed * (2000 // len(seed)), seed * (4000 // len(seed))
    judge().reader.read(whole)
    assert _steps(whole) < 2.6 * _steps(half) + 1000
