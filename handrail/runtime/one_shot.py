"""Short programs that a start needs to have run: migrations, telling identity about keys."""

import asyncio
import signal
from collections.abc import Mapping
from pathlib import Path

from handrail.runtime.guardian import Guardian
from handrail.runtime.spawning import Command, signal_group, spawn_watched


class OneShotFailedError(RuntimeError):
    """The program ended with an error; the message ends with the last lines of its log."""


async def run_to_end(
    name: str, argv: tuple[str, ...], *, environment: Mapping[str, str], log: Path, guardian: Guardian
) -> None:
    """Run it, its output in `log`. Raises OneShotFailedError. Cancelling stops it."""
    with log.open("ab") as file:
        written_before = file.tell()
        process = await spawn_watched(Command(name=name, argv=argv, environment=environment), output=file.fileno())
    guardian.watch(process.pid, stop_signal=signal.SIGTERM)
    try:
        code = await process.wait()
    finally:
        signal_group(process.pid, signal.SIGKILL)
        guardian.forget(process.pid)
    if code != 0:
        said = await asyncio.to_thread(log.read_bytes)
        lines = said[written_before:].decode(errors="replace").splitlines()[-20:]
        raise OneShotFailedError(f"{name} ended with exit code {code}\n" + "\n".join(lines))
