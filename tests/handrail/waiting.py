"""Waiting on conditions, with an end. Never on time."""

import asyncio
import os
import time
from collections.abc import Callable

PATIENCE_SECONDS = 30.0


def until(condition: Callable[[], bool], *, what: str) -> None:
    """Return as soon as it holds; fail saying what never happened."""
    give_up = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < give_up, f"never happened: {what}"
        time.sleep(0.02)


async def until_async(condition: Callable[[], bool], *, what: str) -> None:
    """The same for a coroutine."""
    give_up = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < give_up, f"never happened: {what}"
        await asyncio.sleep(0.02)


def lives(pid: int) -> bool:
    """Whether a process is there and has not ended (a zombie has)."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] not in ("Z", "X")
    except (FileNotFoundError, ProcessLookupError):
        return False


def is_root() -> bool:
    """Whether this test runs as root."""
    return os.geteuid() == 0
