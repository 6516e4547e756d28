"""Assign a task: token, idempotency key, scope guard, stored decision, task, history, outbox; against one bare INSERT.

The workers stand still while the two sides are compared, for one side has none; how many requests a second are left
when relaying, inbox items and e-mail share the same cores is told beside it.
"""

import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from uuid import uuid4

import aiohttp

from bench.load import Post, requests_per_second
from bench.measuring import Benchmark, Result, Rounds, Side
from bench.network import Network, build_network
from bench.running_system import System, beside
from bench.waiting import until_answers
from handrail.runtime.ports import any_free
from shared.contracts.codes import Service

CALLERS = 16
REQUESTS = 600
TITLE = "Listen to how the week went"
DETAILS = "Offer encouragement and share hope over a cup of coffee"
ACTIVITY = "emotional_support"
JSON = {"Content-Type": "application/json"}


async def run(system: System, rounds: Rounds) -> Result:
    """Both sides: one uvicorn process each in front of the same PostgreSQL; ours asks the guard's process too."""
    network = await build_network(system)
    return await beside_bare_insert(system, rounds, ours=partial(tasks_per_second, system, network))


async def beside_bare_insert(system: System, rounds: Rounds, *, ours: Side) -> Result:
    """Requests of ours against the other side's, workers standing still; then ours once more with the workers running."""
    port = any_free()
    url = f"http://127.0.0.1:{port}"
    database = {"BENCH_DATABASE_URL": system.setting(Service.REFERRALS, "MIGRATION_DATABASE_URL")}
    async with beside(*_bare_uvicorn(port), environment=database):
        await until_answers(f"{url}/ready", session=system.session)
        with system.workers_paused():
            alone = await rounds.compare(ours=ours, theirs=partial(_bare_side, url, system.session))
        beside_workers = await rounds.interleave({"with_workers": ours})
    return replace(alone, further={"with_workers": round(beside_workers["with_workers"], 1)})


async def tasks_per_second(system: System, network: Network) -> float:
    """Assign tasks, each under a key of its own; every one must be assigned."""
    headers = await system.sign_in(network.clinician)
    return await requests_per_second(
        f"{system.url(Service.REFERRALS)}/tasks",
        posts=tasks_to_assign(network, headers=headers),
        count=REQUESTS,
        callers=CALLERS,
        session=system.session,
        expect=201,
    )


def tasks_to_assign(network: Network, *, headers: Mapping[str, str]) -> Iterator[Post]:
    """The same task again and again, each time a new request."""
    task = {
        "programme_id": network.programme_id,
        "assignee_worker_id": network.peer_id,
        "team_id": network.team_id,
        "title": TITLE,
        "details": DETAILS,
        "activity": ACTIVITY,
    }
    body = json.dumps(task).encode()
    while True:
        yield Post(body, {**JSON, **headers, "Idempotency-Key": str(uuid4())})


def _bare_uvicorn(port: int) -> tuple[str, ...]:
    """What starts the other side on that port."""
    quiet = ("--no-access-log", "--log-level", "warning")
    return ("-m", "uvicorn", "bench.bare_insert_app:app", "--port", str(port), *quiet)


async def _bare_side(url: str, session: aiohttp.ClientSession) -> float:
    """One round of the other side."""
    post = Post(json.dumps({"title": TITLE, "details": DETAILS}).encode(), JSON)
    return await requests_per_second(
        f"{url}/tasks", posts=itertools.repeat(post), count=REQUESTS, callers=CALLERS, session=session, expect=201
    )


BENCHMARK = Benchmark(
    name="task_assign",
    what="POST /tasks through referrals, guard and stored decision, against bare FastAPI + one asyncpg INSERT",
    unit="requests/s",
    must=0.2,
    aim=0.35,
    run=run,
)
