"""A started Celery worker with crash points, and ways to ring it and to wait for what it does."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from celery import Celery

from shared.contracts.codes import Service
from shared.task_queue import queue_of
from tests.faults.crash_points import FaultFolder
from tests.faults.mutants import Mutant
from tests.fixtures.processes import without_own_settings
from tests.handrail.waiting import lives

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 120.0


async def until(condition: Callable[[], bool], *, what: str) -> None:
    """Wait for a condition; the deadline is generous, because the machine may be busy."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():  # noqa: ASYNC110 - what is waited for happens in other processes
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(f"never happened: {what}") from None


class RunningWorker:
    """Parent and children are one group of their own, which dies with the test whatever happens."""

    def __init__(
        self,
        service: Service,
        *,
        settings: dict[str, str],
        faults: FaultFolder,
        bells: Celery,
        mutant: Mutant | None,
        children: int,
        queues: tuple[str, ...],
    ) -> None:
        self.service = service
        self._faults = faults
        self._bells = bells
        self._log = faults.path / f"{service.value}.log"
        prefix = f"HANDRAIL_{service.value.upper()}_"
        environment = {
            "HANDRAIL_PROFILE": "demo",
            "FAULT_SERVICE": service.value,
            "FAULT_FOLDER": str(faults.path),
            "FAULT_MUTANT": mutant or "",
        } | {prefix + name: value for name, value in settings.items()}
        command = [sys.executable, "-m", "celery", "-A", "tests.faults.faulty_worker", "worker"]
        options = [
            "-Q",
            ",".join(queues),
            "-c",
            str(children),
            "--without-gossip",
            "--without-mingle",
        ]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, *options, "--without-heartbeat"],
                env=without_own_settings() | environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def ring(self, task: str, *arguments: Any) -> str:
        """Ring once; the id of the task."""
        return str(self._bells.send_task(task, args=arguments, queue=queue_of(task)).id)

    async def run(self, task: str, *arguments: Any) -> None:
        """Ring once, and wait until just this task came to its end."""
        await self.ended(self.ring(task, *arguments))

    async def ended(self, task_id: str) -> None:
        """Wait until this task, however often it was begun, came to its end once."""
        await self._until(
            lambda: any(task.task_id == task_id for task in self._faults.finished()), what="the task ends"
        )

    async def struck(self) -> int:
        """Wait until a process was struck; its id."""
        await self._until(lambda: self._faults.fired() is not None, what="the fault fires")
        return self._faults.fired() or 0

    async def child_died(self) -> None:
        """The fault has fired, the process that it struck is dead, and its parent is not."""
        process_id = await self.struck()
        assert process_id != self._process.pid
        await self._until(lambda: not lives(process_id), what="the struck process dies")
        assert self._process.poll() is None

    async def worker_died(self) -> None:
        """The fault has fired, and the whole worker is dead."""
        await self.struck()
        await until(lambda: self._process.poll() is not None, what="the worker dies")
        assert self._process.returncode == -signal.SIGKILL

    def kill(self) -> None:
        """The whole group, now."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    async def _until(self, condition: Callable[[], bool], *, what: str) -> None:
        try:
            await until(condition, what=what)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self._log.read_text(encoding='utf-8')[-3000:]}") from None
