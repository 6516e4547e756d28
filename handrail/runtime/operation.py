"""`handrail up`: hold the state folder, start everything, watch it, and stop it when told to."""

import asyncio
import inspect
import os
import signal
import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from importlib import import_module

from handrail.runtime.guardian import Guardian
from handrail.runtime.log_files import shorten_logs
from handrail.runtime.ports import LOOPBACK, PortClaims
from handrail.runtime.process_states import Change, Standing, write_status
from handrail.runtime.processes import Kind, exists, taking_part
from handrail.runtime.secret_files import write_private
from handrail.runtime.service_environment import Addresses
from handrail.runtime.start_up import Say, StartUp, choose_ports
from handrail.runtime.state_folder import StateFolder
from handrail.runtime.state_lock import held
from handrail.runtime.supervisor import STOP_SECONDS, Supervisor
from shared.settings import Profile

_STORES = (Kind.POSTGRES.value, Kind.VALKEY.value)
_SHORTEN_LOGS_EVERY_SECONDS = 60.0


@dataclass(kw_only=True)
class Operation:
    """One run of Handrail on one state folder."""

    state: StateFolder
    profile: Profile
    worker_children: int
    say: Say
    _ports: dict[str, int] = field(default_factory=dict)
    _claims: PortClaims = field(default_factory=PortClaims)
    _phase: str = "starting"
    _began: float = field(default_factory=time.monotonic)

    def run(self) -> None:
        """Returns when a signal has stopped it; raises what made a start impossible, with nothing left running."""
        self.state.root.mkdir(parents=True, exist_ok=True)
        with held(self.state.lock_file):
            self.state.ensure()
            shorten_logs(self.state.logs)
            guardian = Guardian()
            try:
                asyncio.run(self._operate(guardian))
            finally:
                guardian.dismiss()

    async def _operate(self, guardian: Guardian) -> None:
        told_to_stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, told_to_stop.set)
        self._supervisor = Supervisor(logs=self.state.logs, guardian=guardian, report=self._report)
        try:
            if await _unless(told_to_stop, self._start(guardian)):
                self._note(phase="ready")
                await _unless(told_to_stop, self._watch())
        finally:
            await self._stop()
            self._claims.close()

    async def _start(self, guardian: Guardian) -> None:
        rows = taking_part(demo=self.profile is Profile.DEMO)
        self._ports = choose_ports(rows, claims=self._claims, say=self.say)
        start_up = StartUp(
            state=self.state,
            profile=self.profile,
            worker_children=self.worker_children,
            supervisor=self._supervisor,
            guardian=guardian,
            say=self._say_with_time,
        )
        addresses = await start_up.run(ports=self._ports)
        self._say_with_time("everything is ready")
        if (console := self._ports.get("console-api")) is not None:
            self.say(f"open http://{LOOPBACK}:{console} in a browser")
        for name, port in self._ports.items():
            self.say(f"  {name:<20} {'http://' if name.endswith('-api') else ''}{LOOPBACK}:{port}")
        await self._first_start(addresses)

    async def _first_start(self, addresses: Addresses) -> None:
        """The demo, once per state folder; it may talk to everything, which is ready now."""
        note = self.state.root / "first_start.done"
        if self.profile is not Profile.DEMO or note.exists() or not exists("handrail.demo"):
            return
        hook = import_module("handrail.demo").on_first_start  # only here: a production start never loads it
        arguments = {"state": self.state, "addresses": addresses, "say": self.say}
        try:
            if inspect.iscoroutinefunction(hook):
                await hook(**arguments)
            else:
                await asyncio.to_thread(hook, **arguments)  # meanwhile the supervisor goes on watching
        except Exception as problem:  # noqa: BLE001 - whatever it was: what runs goes on running, and it is said
            self.say(f"the first demonstration was not confirmed: {problem!r}; the next start tries again")
            return
        write_private(note, "")

    async def _stop(self) -> None:
        self._note(phase="stopping")
        names = [state.name for state in self._supervisor.states]
        await self._supervisor.stop([name for name in names if name not in _STORES], within_seconds=STOP_SECONDS)
        await self._supervisor.stop([name for name in names if name in _STORES], within_seconds=STOP_SECONDS)
        self._note(phase="stopped")
        self._say_with_time("everything has stopped")

    async def _watch(self) -> None:
        housekeeping = asyncio.create_task(self._keep_logs_short())
        try:
            await self._supervisor.failed()
        finally:
            housekeeping.cancel()

    async def _keep_logs_short(self) -> None:
        while True:
            await asyncio.sleep(_SHORTEN_LOGS_EVERY_SECONDS)
            await asyncio.to_thread(shorten_logs, self.state.logs)

    def _report(self, change: Change) -> None:
        quiet = (Standing.STARTING, Standing.STOPPED)
        if change.state.standing not in quiet:
            self._say_with_time(f"{change.state.name} {change.words}")
        self._note(phase=self._phase)

    def _note(self, *, phase: str) -> None:
        self._phase = phase
        write_status(
            self.state.status_file,
            supervisor=os.getpid(),
            phase=phase,
            states=self._supervisor.states,
            ports=self._ports,
        )

    def _say_with_time(self, words: str) -> None:
        self.say(f"[{time.monotonic() - self._began:6.1f} s] {words}")


async def _unless(told_to_stop: asyncio.Event, work: Awaitable[object]) -> bool:
    """Do the work; True when it is done, False when it was broken off because we were told to stop."""
    working = asyncio.ensure_future(work)
    stopping = asyncio.create_task(told_to_stop.wait())
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if working.done():
        stopping.cancel()
        await working  # raises what it raised
        return True
    working.cancel()
    await asyncio.wait({working})
    return False
