"""Reads the catalogues in `words/`: nested YAML, flattened to dotted keys."""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from services.console.domain.words import Language, Words
from shared.plain_yaml import read_yaml


def read_words() -> dict[Language, Words]:
    """The catalogue of each language. Raises ValueError where one is not made of texts."""
    found = {}
    for language in Language:
        text = files("services.console").joinpath("words", f"{language.value}.yaml").read_text(encoding="utf-8")
        found[language] = Words(language, dict(_flat(read_yaml(text), before="")), _sentences(language))
    return found


def _sentences(language: Language) -> dict[str, str]:
    """What scope_guard and notifications say in English: the sentence itself is the key, so none can go stale unseen."""
    if language is Language.ENGLISH:
        return {}
    file = files("services.console").joinpath("words", f"sentences.{language.value}.yaml")
    return {str(english): str(said) for english, said in read_yaml(file.read_text(encoding="utf-8")).items()}


def _flat(part: Mapping[Any, Any], *, before: str) -> Iterator[tuple[str, str]]:
    for name, value in part.items():
        key = f"{before}{name}"
        if isinstance(value, dict):
            yield from _flat(value, before=f"{key}.")
        elif isinstance(value, str):
            yield key, value
        else:
            raise ValueError(f"{key} is not a text")
