"""The words that are printed for the person: easy to read in English, all there in Spanish, and none of them clinical.

The measure is the Flesch-Kincaid grade (Kincaid and others, 1975, Naval Technical Training Command, report 8-75):
0.39 x words/sentences + 11.8 x syllables/words - 15.59. Syllables are counted by groups of vowels, with a silent e at
the end left out: that counts high rather than low on words as short as these. A heading or label is a sentence.
"""

import re

from services.console.adapters.word_files import read_words
from services.console.domain.words import Language

GROUPS = ("paper.", "days.")
CATALOGUES = read_words()
HIGHEST_GRADE = 6.0


def printed(language: Language) -> dict[str, str]:
    """Everything a sheet can say by itself, blanks filled with a short word."""
    words = CATALOGUES[language].by_key
    return {key: re.sub(r"{\w+}", "Ana", text) for key, text in words.items() if key.startswith(GROUPS)}


def syllables(word: str) -> int:
    """At least one."""
    word = word.lower()
    groups = len(re.findall(r"[aeiouy]+", word))
    silent = word.endswith("e") and not word.endswith(("le", "ee")) and groups > 1
    return max(groups - silent, 1)


def grade(texts: list[str]) -> float:
    """The Flesch-Kincaid grade of these texts together."""
    sentences = [one for text in texts for one in re.split(r"[.!?:]+", text) if re.search(r"\w", one)]
    words = [word for sentence in sentences for word in re.findall(r"[A-Za-z’']+|\d+", sentence)]
    per_word = sum(map(syllables, words)) / len(words)
    return 0.39 * len(words) / len(sentences) + 11.8 * per_word - 15.59


def test_the_measure_tells_easy_from_hard() -> None:
    assert grade(["The cat sat on the mat."]) < 1
    hard = "Interdisciplinary rehabilitation necessitates comprehensive documentation of psychosocial determinants."
    assert grade([hard]) > 15
    assert [syllables(word) for word in ("time", "table", "anything", "me", "you")] == [1, 2, 3, 1, 1]


def test_the_sheet_reads_at_grade_six_or_below_and_no_sentence_is_far_above() -> None:
    english = printed(Language.ENGLISH)
    assert len(english) > 40
    assert grade(list(english.values())) <= HIGHEST_GRADE
    sentences = [one for text in english.values() for one in re.split(r"(?<=[.!?])\s+", text)]
    assert [one for one in sentences if len(one.split()) >= 5 and grade([one]) > HIGHEST_GRADE + 2] == []


def test_spanish_says_everything_too() -> None:
    english, spanish = printed(Language.ENGLISH), printed(Language.SPANISH)
    assert set(english) == set(spanish)
    assert all(spanish.values())


def test_nothing_clinical_is_printed() -> None:
    text = " ".join(printed(Language.ENGLISH).values()).lower()
    for word in ("diagnos", "medic", "symptom", "disorder", "risk", "score", "patient", "treatment"):
        assert word not in text
