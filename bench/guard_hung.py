"""The scope guard takes connections and never answers: nothing is assigned, and whoever asked is told in time."""

import asyncio
import time
from itertools import islice

import aiohttp

from bench.load import Post
from bench.measuring import Benchmark, Result, Rounds
from bench.network import build_network
from bench.running_system import System
from bench.task_assign import tasks_to_assign
from services.referrals.settings import ReferralsSettings
from shared.contracts.codes import Service

REQUESTS = 64
ALLOWED_SECONDS = float(ReferralsSettings.model_fields["scope_guard_timeout_seconds"].default) * 1.1


async def run(system: System, rounds: Rounds) -> Result:
    """All requests of a round at once; the slowest answer counts. One that is assigned ends the benchmark."""
    network = await build_network(system)
    headers = await system.sign_in(network.clinician)
    url = f"{system.url(Service.REFERRALS)}/tasks"

    async def answers_per_second() -> float:
        posts = list(islice(tasks_to_assign(network, headers=headers), REQUESTS))
        # connections of its own: one that idled through the round before may just have been closed
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=REQUESTS)) as session:
            with system.workers_paused(), system.paused("scope_guard-api"):
                took = await asyncio.gather(*(_undecided(url, post, session=session) for post in posts))
        return 1 / max(took)

    medians = await rounds.interleave({"answers": answers_per_second})
    return Result(
        benchmark=rounds.benchmark,
        ours=medians["answers"],
        theirs=1 / ALLOWED_SECONDS,
        rounds=rounds.count,
        further={"slowest_seconds": round(1 / medians["answers"], 3), "allowed_seconds": ALLOWED_SECONDS},
    )


async def _undecided(url: str, post: Post, *, session: aiohttp.ClientSession) -> float:
    """How long one request took, in seconds; raises unless it was answered with 202 and is assigned to nobody."""
    began = time.perf_counter()
    async with session.post(url, data=post.body, headers=post.headers) as answer:
        task = await answer.json()
        if answer.status != 202 or task["status"] != "proposed" or "Retry-After" not in answer.headers:
            raise RuntimeError(f"answered {answer.status}, the task is {task.get('status')}")
    return time.perf_counter() - began


BENCHMARK = Benchmark(
    name="guard_hung",
    what="POST /tasks while the guard hangs: the slowest answer, against its patience and a tenth; none may be assigned",
    unit="1/s",
    must=1.0,
    aim=1.0,
    run=run,
)
