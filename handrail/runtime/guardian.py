"""A small process that stops all children when the supervisor is gone, however it went.

The supervisor holds the other end of its standard input and writes `+GROUP SIGNAL` for every child it starts and `-GROUP` for
every one that ended. When the supervisor dies the kernel closes that end; the guardian asks the remaining groups to stop, and
kills those that have not after a few seconds.

    python -m handrail.runtime.guardian
"""

import os
import signal
import subprocess
import sys
import time

from handrail.runtime.spawning import PROJECT_ROOT, signal_group

PATIENCE_SECONDS = 5.0


class Guardian:
    """The supervisor's handle on its guardian."""

    def __init__(self) -> None:
        # a session of its own: Ctrl-C in the terminal and signals to the supervisor's group pass it by
        self._process = subprocess.Popen(
            [sys.executable, "-m", "handrail.runtime.guardian"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            cwd=PROJECT_ROOT,
        )

    def watch(self, group: int, *, stop_signal: signal.Signals) -> None:
        """This process group is to be stopped if we die."""
        self._tell(f"+{group} {int(stop_signal)}")

    def forget(self, group: int) -> None:
        """This process group has ended."""
        self._tell(f"-{group}")

    def dismiss(self) -> None:
        """Nothing is left to guard."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line.encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:  # somebody killed the guardian: go on, the children's own death signals remain
            return


def _is_there(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _stop(groups: dict[int, signal.Signals]) -> None:
    for group, number in groups.items():
        signal_group(group, number)
    give_up = time.monotonic() + PATIENCE_SECONDS
    remaining = set(groups)
    while remaining and time.monotonic() < give_up:
        time.sleep(0.05)
        remaining = {group for group in remaining if _is_there(group)}
    for group in remaining:
        signal_group(group, signal.SIGKILL)


def main() -> None:
    """Read until the supervisor is gone, then stop what is left."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: dict[int, signal.Signals] = {}
    for line in sys.stdin:
        words = line[1:].split()
        if line.startswith("+"):
            groups[int(words[0])] = signal.Signals(int(words[1]))
        else:
            groups.pop(int(words[0]), None)
    _stop(groups)


if __name__ == "__main__":
    main()
