"""The supervisor on small real processes."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from handrail.runtime import probes
from handrail.runtime.guardian import Guardian
from handrail.runtime.ports import any_free
from handrail.runtime.process_states import Change, Standing
from handrail.runtime.spawning import Command
from handrail.runtime.supervised import BackOff, Supervised
from handrail.runtime.supervisor import NotReadyError, Supervisor
from tests.handrail.waiting import lives, until_async

ENVIRONMENT = {"PATH": os.defpath}


class Watched:
    """A supervisor with what it reported."""

    def __init__(self, logs: Path) -> None:
        self.guardian = Guardian()
        self.changes: list[tuple[str, Standing, str]] = []
        self.supervisor = Supervisor(
            logs=logs, guardian=self.guardian, report=self._note, back_off=BackOff(first_seconds=0.05, most_seconds=0.1)
        )

    def _note(self, change: Change) -> None:
        self.changes.append((change.state.name, change.state.standing, change.words))

    def pid(self, name: str) -> int | None:
        return next(state.pid for state in self.supervisor.states if state.name == name)


@pytest.fixture
async def watched(tmp_path: Path) -> AsyncIterator[Watched]:
    made = Watched(tmp_path)
    yield made
    await made.supervisor.stop(within_seconds=1)
    made.guardian.dismiss()


def web(name: str) -> Supervised:
    """A small HTTP server that is ready when it answers."""
    port = any_free()
    argv = (sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", "/proc/self/fdinfo")
    return Supervised(
        command=Command(name=name, argv=argv, environment=ENVIRONMENT),
        is_ready=lambda: probes.http_is_ready(port, path="/"),
        address=f"127.0.0.1:{port}",
    )


def python(name: str, program: str, *, ready_when: Path | None = None) -> Supervised:
    """A Python program; ready when a file is there, or never."""

    async def is_ready() -> bool:
        return ready_when is not None and ready_when.exists()

    command = Command(name=name, argv=(sys.executable, "-c", program), environment=ENVIRONMENT)
    return Supervised(command=command, is_ready=is_ready)


async def test_all_are_ready_when_start_returns(watched: Watched) -> None:
    first, second = web("first"), web("second")
    await watched.supervisor.start([first, second])
    assert await first.is_ready()
    assert await second.is_ready()
    assert [state.standing for state in watched.supervisor.states] == [Standing.READY, Standing.READY]


async def test_one_that_is_killed_comes_back_and_it_is_said(watched: Watched) -> None:
    await watched.supervisor.start([web("web")])
    killed = watched.pid("web")
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    ready_twice = lambda: [standing for _, standing, _ in watched.changes].count(Standing.READY) == 2  # noqa: E731
    await until_async(ready_twice, what="the killed process is ready again")
    assert watched.pid("web") != killed
    assert ("web", Standing.RESTARTING, "was ended by SIGKILL; starting it again in 0.1 s") in watched.changes
    (state,) = watched.supervisor.states
    assert state.restarts == 1


async def test_what_a_dead_process_leaves_of_its_group_goes_too(watched: Watched, tmp_path: Path) -> None:
    note = tmp_path / "child"
    program = (
        "import os, time\n"
        "child = os.fork()\n"
        f"open({str(note) + '.new'!r}, 'w').write(str(child)) if child else time.sleep(600)\n"
        f"os.rename({str(note) + '.new'!r}, {str(note)!r})\n"
        "time.sleep(600)\n"
    )
    await watched.supervisor.start([python("parent", program, ready_when=note)])
    child, parent = int(note.read_text()), watched.pid("parent")
    assert lives(child)
    assert parent is not None
    os.kill(parent, signal.SIGKILL)
    await until_async(lambda: not lives(child), what="the orphan ends")


async def test_stop_kills_one_that_will_not_listen(watched: Watched, tmp_path: Path) -> None:
    note = tmp_path / "deaf"
    program = (
        "import signal, time, pathlib\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"pathlib.Path({str(note)!r}).touch()\n"
        "time.sleep(600)\n"
    )
    await watched.supervisor.start([python("deaf", program, ready_when=note)])
    pid = watched.pid("deaf")
    assert pid is not None
    await watched.supervisor.stop(within_seconds=0.2)
    assert not lives(pid)
    assert watched.changes[-1][1] is Standing.STOPPED


async def test_one_that_cannot_start_is_named_with_what_it_said(watched: Watched) -> None:
    with pytest.raises(NotReadyError, match=r"broken ended with exit code 3, 4 times\n.*the reason") as failure:
        await watched.supervisor.start([python("broken", "import sys; print('the reason'); sys.exit(3)"), web("web")])
    assert "web" not in str(failure.value).splitlines()[0]


async def test_a_program_that_does_not_exist_is_named(watched: Watched) -> None:
    command = Command(name="missing", argv=("/nonexistent/program",), environment=ENVIRONMENT)
    with pytest.raises(NotReadyError, match="missing could not be started"):
        await watched.supervisor.start([Supervised(command=command, is_ready=lambda: asyncio.sleep(0, False))])


async def test_one_that_is_never_ready_is_named(watched: Watched) -> None:
    slow = python("slow", "import time; time.sleep(600)")
    with pytest.raises(NotReadyError, match="not ready within 0 s: slow"):
        await watched.supervisor.start([slow], within_seconds=0.3)


async def test_a_question_that_raises_is_not_taken_for_not_yet(watched: Watched) -> None:
    async def refused() -> bool:
        raise PermissionError("wrong password")

    command = Command(
        name="store", argv=(sys.executable, "-c", "import time; time.sleep(600)"), environment=ENVIRONMENT
    )
    with pytest.raises(PermissionError, match="wrong password"):
        await watched.supervisor.start([Supervised(command=command, is_ready=refused)])
    assert watched.pid("store") is None


def test_the_pause_doubles_up_to_a_limit() -> None:
    pauses = [BackOff(first_seconds=0.5, most_seconds=30).after(failures) for failures in range(1, 9)]
    assert pauses == [0.5, 1, 2, 4, 8, 16, 30, 30]
