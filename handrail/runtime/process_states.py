"""How each supervised process stands, and the file in which the supervisor tells others."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from handrail.runtime.secret_files import write_private


class Standing(StrEnum):
    """Where a process is in its life."""

    STARTING = "starting"
    READY = "ready"
    RESTARTING = "restarting"
    STOPPED = "stopped"


@dataclass(kw_only=True)
class ProcessState:
    """One process: `pid` while it lives, `restarts` since the supervisor began, seconds until it was last ready."""

    name: str
    standing: Standing = Standing.STARTING
    pid: int | None = None
    restarts: int = 0
    ready_after_seconds: float | None = None
    address: str | None = None


@dataclass(frozen=True, kw_only=True)
class Change:
    """Something a person watching should see."""

    state: ProcessState
    words: str


def write_status(
    path: Path, *, supervisor: int, phase: str, states: Sequence[ProcessState], ports: dict[str, int]
) -> None:
    """Replace the status file; readers see the old or the new one, never a part."""
    content = {
        "supervisor": supervisor,
        "phase": phase,
        "written_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "ports": ports,
        "processes": [asdict(state) for state in states],
    }
    write_private(path, json.dumps(content, indent=2) + "\n")


def read_status(path: Path) -> dict[str, Any] | None:
    """What was last written, or None."""
    if not path.exists():
        return None
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
