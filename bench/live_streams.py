"""500 pages that follow the inbox on one process of the console: memory, idle CPU, and how soon all of them hear."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from bench.measuring import Benchmark, Result, Rounds
from bench.network import PEER, Network, build_network
from bench.running_system import System
from bench.visitors import Visitor, enter
from bench.waiting import until
from shared.contracts.codes import Service

STREAMS = 500
WITHIN_SECONDS = 1.0
"""From the first page that hears of a change to the last."""
IDLE_SECONDS = 10.0
CHANGED = b"event: inbox-changed"


@dataclass
class Following:
    """All open pages; `heard_at` has the time at which each of them first heard since it was cleared."""

    heard_at: dict[int, float] = field(default_factory=dict)

    async def follow(self, page: int, *, visitor: Visitor, session: aiohttp.ClientSession) -> None:
        """One page, until it is cancelled."""
        endless = aiohttp.ClientTimeout(total=None)
        address, headers = f"{visitor.console}/inbox/stream", {"Cookie": visitor.cookie}
        async with session.get(address, headers=headers, timeout=endless) as answer:
            if answer.status != 200:
                raise RuntimeError(f"the stream answered {answer.status}")
            async for line in answer.content:
                if line.startswith(CHANGED):
                    self.heard_at.setdefault(page, time.perf_counter())

    async def all_heard(self) -> None:
        """Wait until every page has heard. The hint of one change may come twice; the first one counts."""
        await until(self._everybody, within_seconds=30)

    async def _everybody(self) -> bool:
        return len(self.heard_at) >= STREAMS


@asynccontextmanager
async def _open_streams(visitor: Visitor) -> AsyncIterator[Following]:
    following = Following()
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)))
        group = await stack.enter_async_context(asyncio.TaskGroup())
        pages = [group.create_task(following.follow(page, visitor=visitor, session=session)) for page in range(STREAMS)]
        try:
            await following.all_heard()  # every stream begins with one
            yield following
        finally:
            for page in pages:
                page.cancel()


async def run(system: System, rounds: Rounds) -> Result:
    """Ours is pages told per second between the first and the last; the round begins with a real task for the peer."""
    network = await build_network(system)
    visitor = await enter(system, PEER)
    await visitor.look("/inbox")
    process = int(system.processes["console-api"]["pid"])
    before = _memory_mib(process)
    delays: list[float] = []
    async with _open_streams(visitor) as following:
        open_now = _memory_mib(process)
        idle = await _idle_cpu_percent(process)
        medians = await rounds.interleave({"told": lambda: _one_change(system, network, following, delays)})
    return Result(
        benchmark=rounds.benchmark,
        ours=medians["told"],
        theirs=STREAMS / WITHIN_SECONDS,
        rounds=rounds.count,
        further={
            "streams": STREAMS,
            "memory_before_mib": round(before, 1),
            "memory_open_mib": round(open_now, 1),
            "kib_per_stream": round((open_now - before) * 1024 / STREAMS, 1),
            "idle_cpu_percent": round(idle, 1),
            "slowest_from_request_ms": round(1000 * max(delays), 1),
        },
    )


async def _one_change(system: System, network: Network, following: Following, delays: list[float]) -> float:
    following.heard_at.clear()
    headers = await system.sign_in(network.clinician)
    body = {
        "programme_id": network.programme_id,
        "assignee_worker_id": network.peer_id,
        "team_id": network.team_id,
        "title": "Listen to how the week went",
        "activity": "emotional_support",
    }
    began = time.perf_counter()
    await system.post(Service.REFERRALS, "/tasks", body, headers=headers)
    await following.all_heard()
    first, last = min(following.heard_at.values()), max(following.heard_at.values())
    delays.append(last - began)
    return STREAMS / max(last - first, 1e-6)


def _memory_mib(process: int) -> float:
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


async def _idle_cpu_percent(process: int) -> float:
    """Share of one core while nothing happens."""
    before = _cpu_seconds(process)
    await asyncio.sleep(IDLE_SECONDS)  # a length of time is what is measured here
    return 100 * (_cpu_seconds(process) - before) / IDLE_SECONDS


def _cpu_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


BENCHMARK = Benchmark(
    name="live_streams",
    what="500 open pages on one process of the console hear of one change: pages per second, against all within a second",
    unit="pages/s",
    must=1.0,
    aim=5.0,
    run=run,
)
