"""Starting in the background and stopping from elsewhere."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from handrail.runtime.process_states import read_status
from handrail.runtime.start_up import Say
from handrail.runtime.state_folder import StateFolder
from handrail.runtime.state_lock import holder
from shared.settings import Profile

_LOOK_EVERY_SECONDS = 0.1
STOP_WITHIN_SECONDS = 20.0


class StillRunningError(RuntimeError):
    """It was asked to stop and has not."""


def start_detached(state: StateFolder, *, profile: Profile, worker_children: int, say: Say) -> int:
    """Start a supervisor of its own session; passes on its lines until everything is ready. Returns the exit code."""
    if (running := holder(state.lock_file)) is not None:
        sys.stderr.write(f"Handrail already runs on `{state.root}` (process {running})\n")
        return 1
    state.logs.mkdir(parents=True, exist_ok=True, mode=0o700)
    log = state.logs / "supervisor.log"
    arguments = ["up", "--state", str(state.root), "--workers", str(worker_children)]
    with log.open("ab") as output:
        shown = output.tell()
        process = subprocess.Popen(
            [sys.executable, "-m", "handrail", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, "HANDRAIL_PROFILE": profile.value},
        )
    while True:
        ended = process.poll()
        done = _phase(state, supervisor=process.pid) == "ready"
        shown = _show(log, start=shown, say=say)
        if ended is not None:
            return ended or 1
        if done:
            return 0
        time.sleep(_LOOK_EVERY_SECONDS)


def stop_running(state: StateFolder) -> bool:
    """Ask the supervisor to stop and wait until it has; False when none runs. Raises StillRunningError."""
    supervisor = holder(state.lock_file)
    if supervisor is None:
        return False
    os.kill(supervisor, signal.SIGTERM)
    give_up = time.monotonic() + STOP_WITHIN_SECONDS
    while _lives(supervisor):
        if time.monotonic() > give_up:
            raise StillRunningError(f"process {supervisor} has not stopped within {STOP_WITHIN_SECONDS:.0f} s")
        time.sleep(_LOOK_EVERY_SECONDS)
    return True


def _lives(pid: int) -> bool:
    """Whether the process is there; one that has ended and was not yet collected by its parent is not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] not in ("Z", "X")


def _phase(state: StateFolder, *, supervisor: int) -> str | None:
    status = read_status(state.status_file)
    if status is None or status["supervisor"] != supervisor:
        return None
    phase: str = status["phase"]
    return phase


def _show(log: Path, *, start: int, say: Say) -> int:
    with log.open("rb") as file:
        file.seek(start)
        written = file.read()
    whole = written[: written.rfind(b"\n") + 1]
    for line in whole.decode(errors="replace").splitlines():
        say(line)
    return start + len(whole)
