"""Reads the catalogues in `words/`: nested YAML, flattened to dotted keys."""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

import yaml

from services.console.domain.words import Language, Words


def read_words() -> dict[Language, Words]:
    """The catalogue of each language. Raises ValueError where one is not made of texts."""
    found = {}
    for language in Language:
        text = files("services.console").joinpath("words", f"{language.value}.yaml").read_text(encoding="utf-8")
        found[language] = Words(language, dict(_flat(yaml.safe_load(text), before="")))
    return found


def _flat(part: Mapping[Any, Any], *, before: str) -> Iterator[tuple[str, str]]:
    for name, value in part.items():
        key = f"{before}{name}"
        if isinstance(value, dict):
            yield from _flat(value, before=f"{key}.")
        elif isinstance(value, str):
            yield key, value
        else:
            raise ValueError(f"{key} is not a text")
