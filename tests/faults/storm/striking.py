"""Carries out a plan, and shows of each fault that it has fired: a process that is dead, a line that has hurt somebody."""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

import redis.asyncio
from redis.exceptions import RedisError

from handrail.runtime.valkey import ValkeyServer
from tests.faults.storm.mail_server import Mood
from tests.faults.storm.plan import Fault, Flush, Harm, Kill, MailTrouble, Plan, Planned, Where
from tests.faults.storm.proxy import Mode
from tests.faults.storm.system import NotReady, System, kill
from tests.handrail.waiting import lives

TRIES = 6
WAIT_AT_POINT_SECONDS = 15.0
WAIT_FOR_HARM_SECONDS = 30.0
LEAST_HARM_SECONDS = 1.5
RESTART_SECONDS = 90.0


@dataclass(frozen=True, kw_only=True)
class Shot:
    """One planned fault and what became of it; `proof` is empty when it never fired."""

    fault: Fault
    at: float
    proof: str


class NotFired(Exception):  # noqa: N818 - names what is the case
    """Nobody came by in time; it is tried again later."""


class Striker:
    """`shots` grows while it works."""

    def __init__(self, system: System, *, seed: int, say: Callable[[str], None]) -> None:
        self._system = system
        self._dice = random.Random(f"strikes {seed}")
        self._say = say
        self._began = time.monotonic()
        self.shots: list[Shot] = []

    async def carry_out(self, plan: Plan) -> None:
        """Everything; slots side by side, the faults of one slot one after the other."""
        self._began = time.monotonic()
        slots: dict[str, list[Planned]] = {}
        for planned in plan.planned:
            slots.setdefault(planned.slot, []).append(planned)
        await asyncio.gather(*(self._slot(members) for members in slots.values()))

    async def _slot(self, members: list[Planned]) -> None:
        """What finds nobody is tried again when the others of its slot have had their turn, `TRIES` times in all."""
        waiting = [(planned, 1) for planned in members]
        while waiting:
            planned, tries = waiting.pop(0)
            await asyncio.sleep(max(planned.at - (time.monotonic() - self._began), 0))
            try:
                proof = await self.strike(planned.fault)
            except NotFired:
                if tries < TRIES:
                    waiting.append((planned, tries + 1))
                    continue
                proof = ""
            at = time.monotonic() - self._began
            self.shots.append(Shot(fault=planned.fault, at=at, proof=proof))
            self._say(f"{planned.fault.name}: {proof or 'NEVER FIRED'}")

    async def strike(self, fault: Fault) -> str:
        """Do it once, and say what shows that it happened. Raises NotFired."""
        match fault:
            case Kill(point=None):
                return await self._kill_now(fault)
            case Kill():
                return await self._kill_at_point(fault)
            case Harm():
                return await self._harm(fault)
            case MailTrouble(mood=mood):
                return await self._trouble(mood)
            case Flush():
                return await self._flush()

    async def _kill_now(self, fault: Kill) -> str:
        await self._until(lambda: self._system.pid(fault.process) is not None, RESTART_SECONDS)
        pid = self._system.pid(fault.process)
        if fault.where is Where.CHILD:
            children = self._system.children(fault.process)
            pid = self._dice.choice(children) if children else None
        if pid is None or not kill(pid):
            raise NotFired
        await self._dead(pid)
        await self._back(fault.process)
        return f"process {pid} is dead"

    async def _kill_at_point(self, fault: Kill) -> str:
        assert fault.point is not None
        await self._until(lambda: self._system.pid(fault.process) is not None, RESTART_SECONDS)
        points = self._system.points(fault.process)
        points.disarm()
        points.arm(fault.point, victim=fault.victim, task=fault.task)
        try:
            await self._until(lambda: points.fired() is not None, WAIT_AT_POINT_SECONDS)
            pid = points.fired()
            assert pid is not None
            await self._dead(pid)
        finally:
            points.disarm()
        await self._back(fault.process)
        return f"process {pid} died at {fault.point}"

    async def _harm(self, fault: Harm) -> str:
        link = self._system.lines.links[fault.line]
        before = link.connections[fault.mode], link.harmed_bytes[fault.mode]
        link.harm(fault.mode)
        try:
            if fault.line != "smtp":  # a mail server that fails five times in a row is not asked any more
                await asyncio.sleep(LEAST_HARM_SECONDS)  # how long it lasts is part of the fault
            await self._until(lambda: link.harmed_bytes[fault.mode] > before[1], WAIT_FOR_HARM_SECONDS)
        finally:
            link.harm(Mode.PASS)
        connections = link.connections[fault.mode] - before[0]
        return f"{connections} connections, {link.harmed_bytes[fault.mode] - before[1]} bytes harmed"

    async def _trouble(self, mood: Mood) -> str:
        mail = self._system.lines.mail
        before = mail.harmed[mood]
        mail.turn(mood)
        try:
            await self._until(lambda: mail.harmed[mood] > before, WAIT_FOR_HARM_SECONDS)
            if mood is Mood.TAKES_AND_FALLS_SILENT:
                await asyncio.sleep(4)  # longer than the product waits for an answer
        finally:
            mail.heal()
        return f"{mail.harmed[mood] - before} messages met it"

    async def _flush(self) -> str:
        state = self._system.state
        port = int(self._system.processes()["valkey"]["address"].rpartition(":")[2])
        server = ValkeyServer(folder=state.valkey.resolve(), port=port, password=state.secret("valkey.password"))
        try:
            async with redis.asyncio.Redis.from_url(server.url()) as client:
                keys = int(await client.dbsize())
                await client.flushall()
        except (RedisError, OSError):
            raise NotFired from None
        return f"{keys} keys are gone"

    async def _dead(self, pid: int) -> None:
        await self._until(lambda: not lives(pid), RESTART_SECONDS)

    async def _back(self, process: str) -> None:
        """The supervisor has it ready again: what is killed next must be alive."""

        def ready() -> bool:
            one = self._system.processes().get(process, {})
            return one.get("standing") == "ready" and self._system.pid(process) is not None

        try:
            await self._until(ready, RESTART_SECONDS)
        except NotFired:
            raise NotReady(f"{process} did not come back within {RESTART_SECONDS:.0f} s") from None

    async def _until(self, condition: Callable[[], bool], seconds: float) -> None:
        """Raises NotFired when it does not come true in time."""
        try:
            async with asyncio.timeout(seconds):
                while not condition():  # noqa: ASYNC110 - other processes make it true
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise NotFired from None
