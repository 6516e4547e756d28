"""Every word a page shows, by key, in the visitor's language. Nothing here reads files."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Language(StrEnum):
    """Languages that every page speaks."""

    ENGLISH = "en"
    SPANISH = "es"


_JOINT = re.compile(r"(: |\. |\.$)")
"""Where neighbours join sentences of parts, such as `Not sent: the task was over. It will not be tried again.`"""
_NUMBER = re.compile(r"\d+")
"""A sentence with a number stands in the catalogue with `{n}` in its place."""


class WordMissing(KeyError):  # noqa: N818 - names what is the case
    """A page asks for words that the catalogue does not have."""


@dataclass(frozen=True, slots=True)
class Words:
    """The catalogue of one language. `sentences` has neighbours' English sentences in this language."""

    language: Language
    by_key: Mapping[str, str]
    sentences: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, key: str, **values: object) -> str:
        """The words for a key, its `{names}` filled in. Raises WordMissing."""
        return self._find(key).format(**values)

    def count(self, key: str, number: int, **values: object) -> str:
        """Words for a number of things: `key.one` or `key.other`, with `{n}`."""
        return self(f"{key}.{'one' if number == 1 else 'other'}", n=number, **values)

    def of(self, group: str, code: object) -> str:
        """The words for one code of a group, such as `handoff_state` and `offered`. A code we do not know shows itself."""
        text = str(code)
        return self.by_key.get(f"{group}.{text}") or text.replace("_", " ").capitalize()

    def sentence(self, english: str) -> str | None:
        """A neighbour's sentence in this language; nothing where it is only known in English."""
        if self.language is Language.ENGLISH:
            return english
        whole = self.sentences.get(english.removesuffix("."))
        if whole is not None:
            return whole + "." * english.endswith(".")
        number = _NUMBER.search(english)
        if number is not None and (counted := self.sentences.get(_NUMBER.sub("{n}", english, count=1))) is not None:
            return counted.replace("{n}", number[0])
        parts = [part if _JOINT.fullmatch(part) else self.sentences.get(part) for part in _JOINT.split(english) if part]
        known = [part for part in parts if part is not None]
        return "".join(known) if len(known) == len(parts) else None

    def has(self, key: str) -> bool:
        """Whether there are words for a key."""
        return key in self.by_key

    def _find(self, key: str) -> str:
        try:
            return self.by_key[key]
        except KeyError:
            raise WordMissing(f"{self.language.value}: {key}") from None


def chosen_language(*, cookie: str | None, accepted: str) -> Language:
    """The visitor's own choice, or the best of what the browser asks for (RFC 9110, `Accept-Language`)."""
    if cookie in list(Language):
        return Language(cookie)
    wishes: list[tuple[float, Language]] = []
    for part in accepted.lower().split(","):
        tag, _, weight = part.strip().partition(";q=")
        primary = tag.split("-")[0]
        if primary in list(Language):
            wishes.append((_weight(weight), Language(primary)))
    return max(wishes, key=lambda wish: wish[0], default=(1.0, Language.ENGLISH))[1]


def spoken_language(tag: str | None) -> Language | None:
    """The language that a BCP 47 tag speaks of, if pages speak it."""
    primary = (tag or "").lower().split("-")[0]
    return Language(primary) if primary in list(Language) else None


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
