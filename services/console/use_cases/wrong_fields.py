"""Which fields of a form a neighbour's answer is about."""

from collections.abc import Iterator, Mapping
from typing import Any


def wrong_fields(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The name of each field that a problem document points to, and the code of what is wrong with it."""
    found = document.get("errors")
    for one in found if isinstance(found, list) else ():
        yield str(one.get("pointer", "")).removeprefix("/").partition("/")[0], str(one.get("code", ""))
