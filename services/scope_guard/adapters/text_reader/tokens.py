"""Words and marks of a text, each with its place in the original."""

from dataclasses import dataclass

from services.scope_guard.adapters.text_reader.normalise import PlainText, normalise

_MARKS = frozenset(',;:.!?()[]{}/&\n"+|<>=')
_TITLES = frozenset({"mr", "mrs", "ms", "mx", "dr", "st"})
_BREAKS = frozenset("-_*~^#\\")


@dataclass(slots=True)
class Token:
    """One word (lower case) or mark. `start` and `end` are offsets into the text as it was sent."""

    word: str
    start: int
    end: int
    capital: bool = False  # written as a name is
    owner: bool = False  # written as an owner: `clients'`, `the nurse's`
    tight: bool = False  # nothing but a hyphen or the like stood between this word and the one before

    @property
    def is_mark(self) -> bool:
        """True for punctuation."""
        return self.word in _MARKS


def tokenize(text: str) -> list[Token]:
    """The words and marks of `text` in order. Hyphens part words; apostrophes stay inside."""
    plain: PlainText = normalise(text)
    tokens: list[Token] = []
    letters, offsets = plain.text, plain.offsets
    size = len(letters)
    position = 0
    tight = False
    while position < size:
        character = letters[position]
        if character.isalnum() or character in "@$":
            stop = position + 1
            while stop < size and (letters[stop].isalnum() or letters[stop] in "@$" or _joins(letters, stop)):
                stop += 1
            start, end = offsets[position], offsets[stop - 1] + 1
            capital = text[start].isupper() and text[start + 1 : end].islower()
            word = letters[position:stop]
            owner = word.endswith("'s") or letters[stop : stop + 1] == "'"
            tokens.append(Token(word, start, end, capital, owner, tight))
            position = stop
            tight = False
            continue
        if character == "." and tokens and tokens[-1].word in _TITLES:
            position += 1
            continue
        if character in _MARKS:
            tokens.append(Token(character, offsets[position], offsets[position] + 1))
            tight = character in "./" and position + 1 < size and letters[position + 1].isalnum()
        else:
            tight = character in _BREAKS
        position += 1
    return tokens


def _joins(letters: str, position: int) -> bool:
    """An apostrophe between letters belongs to the word."""
    return (
        letters[position] == "'"
        and position + 1 < len(letters)
        and letters[position + 1].isalpha()
        and letters[position - 1].isalpha()
    )
