"""Assign tasks while Valkey takes connections and never answers, against the same while it does: a bell is only a bell."""

from functools import partial

from bench.measuring import Benchmark, Result, Rounds
from bench.network import Network, build_network
from bench.running_system import System
from bench.task_assign import tasks_per_second


async def run(system: System, rounds: Rounds) -> Result:
    """Every request of both sides must be answered with 201; the workers stand still, so that both do the same work."""
    network = await build_network(system)
    with system.workers_paused():
        return await rounds.compare(
            ours=partial(_without_valkey, system, network), theirs=partial(tasks_per_second, system, network)
        )


async def _without_valkey(system: System, network: Network) -> float:
    with system.paused("valkey"):
        return await tasks_per_second(system, network)


BENCHMARK = Benchmark(
    name="redis_down",
    what="POST /tasks while Valkey hangs, against the same while it answers; an error ends the benchmark",
    unit="requests/s",
    must=0.95,
    aim=1.0,
    run=run,
)
