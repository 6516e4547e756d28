"""The compose file as data, and the small questions that several tests ask of it. No Docker is needed."""

from functools import cache
from pathlib import Path
from typing import Any

from handrail.runtime.processes import Kind, ProcessDefinition, taking_part
from shared.plain_yaml import read_yaml

ROOT = Path(__file__).parents[2]
ONCE = frozenset({"databases", "migrate", "keys", "demo"})
"""Programs that run to their end; the supervisor runs the same ones itself at a start."""
STORES = frozenset({"postgres", "redis"})
IN_CONTAINERS = {"valkey": "redis"}
"""Processes of the table that have another name among the containers."""


@cache
def compose() -> dict[str, Any]:
    """The whole file, anchors resolved, variables as they are written."""
    found: dict[str, Any] = read_yaml((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return found


def services() -> dict[str, dict[str, Any]]:
    """Every container's definition by name."""
    found: dict[str, dict[str, Any]] = compose()["services"]
    return found


def container_name(row: ProcessDefinition) -> str:
    """What a row of the process table is called among the containers: host names have no underscores."""
    return IN_CONTAINERS.get(row.name, row.name).replace("_", "-")


def rows() -> dict[str, ProcessDefinition]:
    """The rows whose code is there, by container name."""
    return {container_name(row): row for row in taking_part(demo=True)}


def our_rows() -> dict[str, ProcessDefinition]:
    """The same without the stores."""
    return {name: row for name, row in rows().items() if row.kind not in (Kind.POSTGRES, Kind.VALKEY)}


def environment(name: str) -> dict[str, str]:
    """A container's variables; one without a value (handed on from outside) is empty here."""
    return {key: value or "" for key, value in services()[name].get("environment", {}).items()}
