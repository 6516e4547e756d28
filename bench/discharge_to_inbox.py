"""Discharges that are committed in referrals until each is a visible item of somebody who is entitled to it.

Every round records its discharges through the API while the workers stand still, and measures what the workers then do:
relay, plan, ask referrals who may be told, show; two databases, two services. Against as many Celery no-op tasks.
"""

import itertools
import json
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from uuid import UUID, uuid4

import asyncpg

from bench.load import Post, requests_per_second
from bench.measuring import Benchmark, Result, Rounds
from bench.network import Network, build_network
from bench.noop_side import noop_side
from bench.running_system import System
from bench.waiting import until
from shared.contracts.codes import Service
from shared.identifiers import new_id
from shared.task_queue import Bell

DISCHARGES = 1000
PEOPLE = 50
CALLERS = 16


async def run(system: System, rounds: Rounds) -> Result:
    """Both sides begin with everything waiting and end when the last one is through."""
    network = await build_network(system)
    headers = await system.sign_in(network.clinician)
    people = [await _person(system, number, headers=headers) for number in range(PEOPLE)]
    bell = Bell(Service.REFERRALS, redis_url=system.setting(Service.REFERRALS, "REDIS_URL"))
    notifications = await asyncpg.connect(system.setting(Service.NOTIFICATIONS, "DATABASE_URL"))
    try:
        async with noop_side(system) as theirs:
            return await rounds.compare(
                ours=partial(_ours, system, network, people, notifications, bell),
                theirs=partial(theirs.tasks_per_second, DISCHARGES),
            )
    finally:
        await notifications.close()


async def _person(system: System, number: int, *, headers: Mapping[str, str]) -> str:
    body = {"given_name": f"Example{number}", "family_name": "Bench"}
    return str((await system.post(Service.REFERRALS, "/people", body, headers=headers))["id"])


async def _ours(
    system: System, network: Network, people: list[str], notifications: asyncpg.Connection, bell: Bell
) -> float:
    headers = await system.sign_in(network.clinician)
    since = new_id()
    with system.workers_paused():
        await requests_per_second(
            f"{system.url(Service.REFERRALS)}/transitions",
            posts=_discharges(network, people, headers=headers),
            count=DISCHARGES,
            callers=CALLERS,
            session=system.session,
            expect=201,
        )
        await system.know_sizes()
        began = time.perf_counter()
    bell.ring("referrals.relay")

    async def all_visible() -> bool:
        return await _visible(notifications, since=since) >= DISCHARGES

    await until(all_visible, every_seconds=0.02)
    return DISCHARGES / (time.perf_counter() - began)


def _discharges(network: Network, people: list[str], *, headers: Mapping[str, str]) -> Iterator[Post]:
    for person_id in itertools.cycle(people):
        body = {
            "person_id": person_id,
            "programme_id": network.programme_id,
            "status": "discharged",
            "occurred_at": datetime.now(UTC).isoformat(),
            "visit_reference": uuid4().hex,
        }
        fresh = {"Content-Type": "application/json", "Idempotency-Key": uuid4().hex}
        yield Post(json.dumps(body).encode(), {**headers, **fresh})


async def _visible(notifications: asyncpg.Connection, *, since: UUID) -> int:
    """Item ids grow with time, so this reads the items of one round only."""
    asked = "SELECT count(*) FROM items WHERE item_id >= $1 AND kind LIKE 'handoff_%' AND state = 'open'"
    return int(await notifications.fetchval(asked, since))


BENCHMARK = Benchmark(
    name="discharge_to_inbox",
    what="committed discharges, relayed, planned, checked and visible in an inbox, against Celery no-op tasks",
    unit="discharges/s",
    must=2,
    aim=8,
    run=run,
)
