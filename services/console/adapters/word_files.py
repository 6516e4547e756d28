"""Reads the catalogues in `words/`: nested YAML, flattened to dotted keys.

A language is `en.yaml` and, beside it, a file for each larger group of pages in `en/`.
"""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from services.console.domain.words import Language, Words
from shared.plain_yaml import read_yaml


def read_words() -> dict[Language, Words]:
    """The catalogue of each language. Raises ValueError where one is not made of texts, or says the same key twice."""
    return {language: Words(language, _by_key(language), _sentences(language)) for language in Language}


def _by_key(language: Language) -> dict[str, str]:
    folder, found = files("services.console").joinpath("words"), dict[str, str]()
    further = sorted(folder.joinpath(language.value).iterdir(), key=lambda file: file.name)
    for file in (folder.joinpath(f"{language.value}.yaml"), *further):
        for key, text in _flat(read_yaml(file.read_text(encoding="utf-8")), before=""):
            if key in found:
                raise ValueError(f"{key} is said twice")
            found[key] = text
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
