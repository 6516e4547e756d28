"""Starts processes, waits until each is ready, starts again what dies, and stops everything in time."""

import asyncio
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from handrail.runtime.guardian import Guardian
from handrail.runtime.process_states import Change, ProcessState, Standing
from handrail.runtime.spawning import signal_group, spawn_watched
from handrail.runtime.supervised import BackOff, Supervised

Report = Callable[[Change], None]

STOP_SECONDS = 4.0
"""Patience with each of two rounds (services, then stores): together below the ten seconds that we promise."""

_PROBE_EVERY_SECONDS = 0.05
_STEADY_SECONDS = 30.0
_TRIES_AT_START = 4  # one that was never ready has something wrong that a person must mend


class NotReadyError(RuntimeError):
    """A process did not become ready; the message names it and ends with the last lines of its log."""


@dataclass
class _Kept:
    thing: Supervised
    state: ProcessState
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    process: asyncio.subprocess.Process | None = None
    keeper: "asyncio.Task[None] | None" = None
    stopping: bool = False


class Supervisor:
    """Keeps a set of processes alive. Every change is reported; nothing is kept quiet."""

    def __init__(self, *, logs: Path, guardian: Guardian, report: Report, back_off: BackOff | None = None) -> None:
        self._logs = logs
        self._guardian = guardian
        self._report = report
        self._back_off = back_off or BackOff()
        self._kept: dict[str, _Kept] = {}

    @property
    def states(self) -> list[ProcessState]:
        """How each process stands, in the order they were started."""
        return [kept.state for kept in self._kept.values()]

    async def start(self, things: Sequence[Supervised], *, within_seconds: float = 90.0) -> None:
        """Start these and return when all are ready. Raises NotReadyError naming those that are not."""
        for thing in things:
            kept = _Kept(thing=thing, state=ProcessState(name=thing.name, address=thing.address))
            self._kept[thing.name] = kept
            kept.keeper = asyncio.create_task(self._keep(kept), name=f"keep {thing.name}")
        new = [self._kept[thing.name] for thing in things]
        try:
            async with asyncio.timeout(within_seconds):
                await asyncio.gather(*(self._first_ready(kept) for kept in new))
        except TimeoutError:
            late = [kept.thing.name for kept in new if not kept.ready.is_set()]
            raise NotReadyError(
                f"not ready within {within_seconds:.0f} s: {', '.join(late)}\n" + self.log_tail(late[0])
            ) from None

    async def failed(self) -> None:
        """Waits for ever, unless something can never become ready again; raises what that was."""
        keepers = [kept.keeper for kept in self._kept.values() if kept.keeper is not None]
        done, _ = await asyncio.wait(keepers, return_when=asyncio.FIRST_EXCEPTION)
        for keeper in done:
            keeper.result()

    async def _first_ready(self, kept: _Kept) -> None:
        """Returns when it is ready; raises what its keeper raises, if that comes first."""
        assert kept.keeper is not None
        ready = asyncio.create_task(kept.ready.wait())
        try:
            await asyncio.wait({ready, kept.keeper}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ready.cancel()
        if kept.keeper.done():
            kept.keeper.result()

    async def stop(self, names: Sequence[str] | None = None, *, within_seconds: float = STOP_SECONDS) -> None:
        """Ask these (or all) to stop, at the same time; kill those that have not within the time."""
        chosen = [kept for name, kept in self._kept.items() if names is None or name in names]
        for kept in chosen:
            kept.stopping = True
            if kept.process is not None and kept.process.returncode is None:
                signal_group(kept.process.pid, kept.thing.command.stop_signal)
            elif kept.keeper is not None:
                kept.keeper.cancel()  # it waits for its next try
        keepers = [kept.keeper for kept in chosen if kept.keeper is not None]
        if not keepers:
            return
        _, unfinished = await asyncio.wait(keepers, timeout=within_seconds)
        if unfinished:
            for kept in chosen:
                if kept.process is not None and kept.process.returncode is None:
                    signal_group(kept.process.pid, signal.SIGKILL)
            await asyncio.wait(unfinished)

    def log_tail(self, name: str, *, lines: int = 20) -> str:
        """The last lines that a process wrote."""
        path = self._log(name)
        if not path.exists():
            return ""
        return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])

    def _log(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    async def _keep(self, kept: _Kept) -> None:
        try:
            await self._keep_alive(kept)
        finally:
            self._change(kept, Standing.STOPPED, "stopped")

    async def _keep_alive(self, kept: _Kept) -> None:
        failures = 0
        while not kept.stopping:
            began = time.monotonic()
            why = await self._run_once(kept, began=began)
            if kept.stopping:
                break
            if kept.state.ready_after_seconds is None and failures >= _TRIES_AT_START - 1:
                raise NotReadyError(
                    f"{kept.thing.name} {why}, {_TRIES_AT_START} times\n" + self.log_tail(kept.thing.name)
                )
            failures = 1 if time.monotonic() - began > _STEADY_SECONDS else failures + 1
            pause = self._back_off.after(failures)
            kept.ready.clear()
            kept.state.restarts += 1
            self._change(kept, Standing.RESTARTING, f"{why}; starting it again in {pause:.1f} s")
            await asyncio.sleep(pause)

    async def _run_once(self, kept: _Kept, *, began: float) -> str:
        """One life of the process; returns why it ended, in words."""
        command = kept.thing.command
        try:
            with self._log(command.name).open("ab") as log:
                process = await spawn_watched(command, output=log.fileno())
        except OSError as error:
            return f"could not be started ({error.strerror})"
        kept.process = process
        self._guardian.watch(process.pid, stop_signal=command.stop_signal)
        kept.state.pid = process.pid
        self._change(kept, Standing.STARTING, "starting")
        if kept.stopping:  # stop() came while the process was being made
            signal_group(process.pid, command.stop_signal)
        probing = asyncio.create_task(self._await_ready(kept, began=began))
        code = await process.wait()
        probing.cancel()
        signal_group(process.pid, signal.SIGKILL)  # whatever it leaves of its group (a worker's children)
        self._guardian.forget(process.pid)
        kept.state.pid = None
        await asyncio.wait([probing])
        if not probing.cancelled() and (failure := probing.exception()) is not None:
            raise failure  # not "not yet" but "never": a wrong password, say
        return f"ended with exit code {code}" if code >= 0 else f"was ended by {signal.Signals(-code).name}"

    async def _await_ready(self, kept: _Kept, *, began: float) -> None:
        try:
            await self._probe(kept)
        except Exception:
            assert kept.process is not None
            signal_group(kept.process.pid, signal.SIGKILL)
            raise
        if kept.stopping:
            return
        seconds = time.monotonic() - began
        kept.state.ready_after_seconds = round(seconds, 2)
        self._change(kept, Standing.READY, f"ready after {seconds:.1f} s")
        kept.ready.set()

    async def _probe(self, kept: _Kept) -> None:
        while not await kept.thing.is_ready():  # noqa: ASYNC110 - another process cannot set our event
            await asyncio.sleep(_PROBE_EVERY_SECONDS)

    def _change(self, kept: _Kept, standing: Standing, words: str) -> None:
        kept.state.standing = standing
        self._report(Change(state=kept.state, words=words))
