"""100,000 open clocks, swept within one interval: how long one sweep takes that finds its usual share of them due.

Ours is the time of a sweep, theirs the interval in which the next one begins. As a worst case beside it: every clock
due at once, after a night in which nothing ran (the median of three such nights).
"""

import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from bench.clock_rows import CLOCKS, wind, wound
from bench.measuring import Benchmark, Result, Rounds
from bench.network import build_network
from bench.running_system import System
from services.referrals.adapters.milestone_sweep import LANES, MilestoneSweep
from services.referrals.use_cases.sweep_milestones import sweep_milestones
from services.referrals.worker.schedule import BEAT_SCHEDULE, SWEEP
from shared.clock import FixedClock
from shared.contracts.codes import Service
from shared.database import create_engine

DUE = 2_000
"""One in fifty: a busy minute's due times after a start of the worker, far more than fall into five seconds."""
NIGHTS = 3


async def run(system: System, rounds: Rounds) -> Result:
    """Each round winds all clocks anew; the workers stand still, so that nobody else sweeps."""
    network = await build_network(system)
    owner = await asyncpg.connect(system.setting(Service.REFERRALS, "MIGRATION_DATABASE_URL"))
    engine = create_engine(system.setting(Service.REFERRALS, "DATABASE_URL"), pool_size=LANES)
    try:
        with system.workers_paused():
            await wound(owner, UUID(network.programme_id))
            medians = await rounds.interleave({"ours": _sweeping(owner, engine, due=DUE), "theirs": _interval})
            nights = [await _sweeping(owner, engine, due=CLOCKS)() for _ in range(NIGHTS)]
    finally:
        await engine.dispose()
        await owner.close()
    result = Result(benchmark=rounds.benchmark, ours=medians["ours"], theirs=medians["theirs"], rounds=rounds.count)
    further = {"clocks": CLOCKS, "due": DUE, "seconds": round(medians["ours"] / 1000, 3)}
    everything = statistics.median(nights)
    worst = {"all_due_seconds": round(everything / 1000, 1), "all_due_ratio": round(everything / medians["theirs"], 2)}
    return replace(result, further=further | worst)


def _sweeping(owner: asyncpg.Connection, engine: AsyncEngine, *, due: int) -> Callable[[], Awaitable[float]]:
    async def one_sweep() -> float:
        now = datetime.now(UTC)
        await wind(owner, due=due, now=now)
        began = time.perf_counter()
        marked = await sweep_milestones(MilestoneSweep(engine), clock=FixedClock(now + timedelta(seconds=1)))
        taken = (time.perf_counter() - began) * 1000
        if marked != due:
            raise RuntimeError(f"{marked} clocks were marked, and {due} were due")
        return taken

    return one_sweep


async def _interval() -> float:
    return BEAT_SCHEDULE[SWEEP].every_seconds * 1000


BENCHMARK = Benchmark(
    name="clock_sweep",
    what="one sweep over 100,000 open clocks of which one in fifty is due, against the interval of sweeps (ms)",
    unit="ms",
    must=1,
    aim=0.2,
    run=run,
    at_most=True,
)
