"""How a child process is started so that it never outlives whoever started it."""

import asyncio
import ctypes
import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

PROJECT_ROOT = Path(__file__).resolve().parents[2]
"""Where `services`, `shared` and `handrail` are found, installed or not; children start here."""

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)  # before any fork: between fork and exec nothing may be loaded


@dataclass(frozen=True, kw_only=True)
class Command:
    """One program to run. `user` and `group` are ids to become first; `stop_signal` asks for an orderly end."""

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    user: int | None = None
    group: int | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    working_folder: Path = PROJECT_ROOT


def _die_with_parent(parent: int, by: signal.Signals) -> Callable[[], None]:
    """Linux sends `by` to the child when the *thread* that forked it ends: start children from the main thread only.

    It runs after the change of user, because such a change clears the request.
    """

    def prepare() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(by))
        if os.getppid() != parent:  # the parent died between fork and prctl
            os.kill(os.getpid(), signal.SIGKILL)

    return prepare


def popen_arguments(command: Command, *, output: BinaryIO | int | None) -> dict[str, Any]:
    """Arguments that `subprocess.Popen` and asyncio share: own session, no terminal, no inherited files."""
    arguments: dict[str, Any] = {
        "stdin": subprocess.DEVNULL,
        "stdout": output,
        "stderr": subprocess.STDOUT,
        "env": dict(command.environment),
        "cwd": command.working_folder,
        "start_new_session": True,
        "preexec_fn": _die_with_parent(os.getpid(), command.stop_signal),
    }
    if command.user is not None:
        arguments |= {"user": command.user, "group": command.group, "extra_groups": []}
    return arguments


def spawn(command: Command, *, output: BinaryIO | int | None) -> "subprocess.Popen[bytes]":
    """Start it now; raises OSError when the program cannot be run. The child leads a process group of its own."""
    return subprocess.Popen(command.argv, **popen_arguments(command, output=output))


async def spawn_watched(command: Command, *, output: BinaryIO | int | None) -> asyncio.subprocess.Process:
    """The same for an event loop, which then notices when the child ends."""
    return await asyncio.create_subprocess_exec(*command.argv, **popen_arguments(command, output=output))


def signal_group(leader: int, number: signal.Signals) -> None:
    """Signal a whole process group; one that has already gone is fine."""
    try:
        os.killpg(leader, number)
    except ProcessLookupError:
        return
