"""The whole product, started for a storm: its processes as its own supervisor knows them, and ways to kill them.

The supervisor does the restarting: it is part of what is tried.
"""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from bench.running_system import run_handrail
from handrail.runtime.process_states import Standing, read_status
from handrail.runtime.spawning import Command, spawn
from handrail.runtime.state_folder import StateFolder
from shared.contracts.codes import Service
from tests.faults.crash_points import FaultFolder
from tests.faults.storm.lines import Lines, open_lines
from tests.faults.storm.routed_up import points_of
from tests.fixtures.processes import without_own_settings
from tests.handrail.waiting import lives

ROOT = Path(__file__).parents[3]
START_SECONDS = 240.0
RESTART_SECONDS = 120.0


class NotReady(RuntimeError):  # noqa: N818 - names what is the case
    """Something did not come up in time; the message is the end of the supervisor's output."""


@dataclass(frozen=True, kw_only=True)
class System:
    """`password` is that of every account."""

    folder: Path
    lines: Lines
    password: str
    supervisor: "subprocess.Popen[bytes]"
    _points: dict[str, FaultFolder] = field(default_factory=dict)

    @property
    def state(self) -> StateFolder:
        """The state folder."""
        return StateFolder(self.folder / "state")

    def points(self, process: str) -> FaultFolder:
        """The crash points of a process by its name."""
        return self._points.setdefault(process, FaultFolder(points_of(self.folder, process)))

    def processes(self) -> dict[str, dict[str, Any]]:
        """Every process by its name, as the supervisor says it stands."""
        status = read_status(self.state.status_file)
        return {one["name"]: one for one in status["processes"]} if status else {}

    def url(self, service: Service) -> str:
        """The address of an API, without a proxy."""
        return f"http://{self.processes()[f'{service.value}-api']['address']}"

    def pid(self, name: str) -> int | None:
        """The process of this name, if one lives. It is checked to be our own supervisor's child."""
        pid = self.processes().get(name, {}).get("pid")
        try:
            ours = pid is not None and lives(pid) and psutil.Process(pid).ppid() == self.supervisor.pid
        except psutil.NoSuchProcess:
            return None
        return pid if ours else None

    def children(self, name: str) -> list[int]:
        """The worker children (or PostgreSQL's own processes) of a process."""
        pid = self.pid(name)
        try:
            return [child.pid for child in psutil.Process(pid).children()] if pid is not None else []
        except psutil.NoSuchProcess:
            return []

    def all_ready(self) -> bool:
        """Whether every process is ready."""
        processes = self.processes().values()
        return bool(processes) and all(one["standing"] == Standing.READY for one in processes)

    def restarts(self) -> int:
        """How often the supervisor has started something again."""
        return sum(one["restarts"] for one in self.processes().values())

    async def ready(self, *, within_seconds: float = RESTART_SECONDS) -> None:
        """Wait until every process is ready. Raises NotReady."""
        try:
            async with asyncio.timeout(within_seconds):
                while not self.all_ready():
                    if self.supervisor.poll() is not None:
                        raise TimeoutError
                    await asyncio.sleep(0.1)
        except TimeoutError:
            late = [name for name, one in self.processes().items() if one["standing"] != Standing.READY]
            output = (self.folder / "supervisor.log").read_text(encoding="utf-8", errors="replace")
            raise NotReady(f"not ready: {', '.join(late)}\n{output[-3000:]}") from None


def kill(pid: int) -> bool:
    """kill -9; False when it had gone by itself."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


@asynccontextmanager
async def running_system(*, say: Callable[[str], None], keep_logs: Path | None = None) -> AsyncIterator[System]:
    """Start, wait until everything is ready, open a tenant, hand over, stop, and remove the state."""
    folder = Path(tempfile.mkdtemp(prefix="handrail-storm-"))
    os.chmod(folder, 0o755)  # PostgreSQL runs as another user when we are root
    (folder / "state").mkdir()
    (folder / "state" / "first_start.done").touch()  # the storm has people of its own
    password = "storm-" + os.urandom(18).hex()
    async with open_lines(folder) as lines:
        lines.routes().write(folder)
        say("starting PostgreSQL, Valkey and every service, each behind a proxy")
        with (folder / "supervisor.log").open("wb") as log:
            command = Command(
                name="storm",
                argv=(sys.executable, "-m", "tests.faults.storm.routed_up", str(folder)),
                environment=without_own_settings(),
                working_folder=ROOT,
            )
            supervisor = spawn(command, output=log)
        system = System(folder=folder, lines=lines, password=password, supervisor=supervisor)
        try:
            await _started(system)
            environment = dict(os.environ) | {
                "HANDRAIL_STATE": str(system.state.root),
                "HANDRAIL_IDENTITY_BOOTSTRAP_PASSWORD": password,
            }
            tenant = ("--tenant", "Storm (fictional)", "--email", "administrator@storm.example")
            await run_handrail("identity", "bootstrap", *tenant, environment=environment)
            yield system
        finally:
            supervisor.terminate()
            await asyncio.to_thread(supervisor.wait, 60)
            if keep_logs is not None:
                shutil.copytree(system.state.logs, keep_logs, dirs_exist_ok=True)
                shutil.copy(folder / "supervisor.log", keep_logs)
            shutil.rmtree(folder, ignore_errors=True)


async def _started(system: System) -> None:
    async with asyncio.timeout(START_SECONDS):
        status = read_status(system.state.status_file)
        while status is None or status["phase"] != "ready":
            if system.supervisor.poll() is not None:
                await system.ready()
            await asyncio.sleep(0.1)
            status = read_status(system.state.status_file)
    await system.ready()
