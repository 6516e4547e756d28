"""Pages with a thousand open items, rendered by the console over real neighbours; against the goal of 100 ms."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial

from bench.measuring import Benchmark, Result, Rounds
from bench.network import PEER, Network, build_network
from bench.running_system import System
from bench.visitors import Visitor, enter
from shared.contracts.codes import Service

OPEN_ITEMS = 1000
LOOKS = 15
"""Looks at each page per round."""
GOAL_MS = 100.0
AT_ONCE = 8


async def run(system: System, rounds: Rounds) -> Result:
    """One visitor, one look after the other, as the median visitor meets it. The slowest of the pages counts."""
    network = await build_network(system)
    await _fill(system, network)
    peer, clinician = await enter(system, PEER), await enter(system, network.clinician)
    pages = {
        "inbox": partial(_looks_per_second, peer, "/inbox"),
        "tasks_asked_of_me": partial(_looks_per_second, peer, "/tasks"),
        "tasks_asked_by_me": partial(_looks_per_second, clinician, "/tasks"),
        "discharges_mine": partial(_looks_per_second, clinician, "/discharges?show=mine"),
        "discharges_all": partial(_looks_per_second, clinician, "/discharges?show=all"),
    }
    medians = await rounds.interleave(pages)
    return Result(
        benchmark=rounds.benchmark,
        ours=min(medians.values()),
        theirs=1000 / GOAL_MS,
        rounds=rounds.count,
        further={f"{name}_p50_ms": round(1000 / rate, 1) for name, rate in medians.items()},
    )


async def _looks_per_second(visitor: Visitor, path: str) -> float:
    took = []
    for _ in range(LOOKS):
        began = time.perf_counter()
        content = await visitor.look(path)
        took.append(time.perf_counter() - began)
        if content.count("card__title") + content.count("<tr>") < 20:
            raise RuntimeError(f"{path} shows next to nothing")
    return 1 / statistics.median(took)


async def _fill(system: System, network: Network) -> None:
    """A thousand tasks of the peer, and a thousand people on their way: half still planned, half just left."""
    headers = await system.sign_in(network.clinician)
    ask = partial(system.post, Service.REFERRALS, headers=headers)

    async def task(number: int) -> None:
        body = {
            "programme_id": network.programme_id,
            "assignee_worker_id": network.peer_id,
            "team_id": network.team_id,
            "title": f"Listen to how week {number} went",
            "activity": "emotional_support",
        }
        await ask("/tasks", body)

    async def person(number: int) -> None:
        person = await ask("/people", {"given_name": "Juniper", "family_name": "Testcase"})
        on_the_way = {"person_id": person["id"], "programme_id": network.programme_id}
        if number % 2:
            await ask("/transitions", on_the_way | {"status": "discharged"})
        else:
            expected = datetime.now(UTC) + timedelta(hours=1 + number % 72)
            await ask("/transitions", on_the_way | {"expected_at": expected.isoformat()})

    await _several_at_once(task, range(OPEN_ITEMS))
    await _several_at_once(person, range(OPEN_ITEMS))


async def _several_at_once(do: Callable[[int], Awaitable[None]], numbers: Iterable[int]) -> None:
    left = iter(numbers)

    async def work() -> None:
        for number in left:
            await do(number)

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))


BENCHMARK = Benchmark(
    name="page_render",
    what="pages with 1,000 open items: looks per second of the slowest page, against 10 (a median of 100 ms)",
    unit="looks/s",
    must=1.0,
    aim=2.0,
    run=run,
)
