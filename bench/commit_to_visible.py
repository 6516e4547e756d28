"""How long somebody waits for what was committed: from the answer to a discharge until the peer's inbox shows the offer.

At a gentle rate, as a day has it, and seen as the peer sees it: by the answer of the inbox API. Once with the bell, which
should make it a moment; once without any, when only the sweeps find the work and two of them must be enough.
"""

import asyncio
import itertools
import secrets
import statistics
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import redis.asyncio as redis

from bench.measuring import Benchmark, Result, Rounds
from bench.network import PEER, Network, build_network
from bench.running_system import System
from bench.waiting import until
from handrail.beat import Beat, collect_schedules
from services.notifications.worker.schedule import SWEEP_SECONDS
from shared.contracts.codes import Service
from shared.paging import MAX_PAGE

DISCHARGES = 100
WITHOUT_BELL = 50
EVERY_SECONDS = 0.2
WITH_BELL_MS = 250.0
TWO_SWEEPS_MS = 2 * SWEEP_SECONDS * 1000
LOOK_SECONDS = 0.01
"""Between two looks at the inbox; a moment found is late by so much at most."""


@dataclass(frozen=True)
class Seen:
    """Milliseconds from commit to the inbox, of every discharge of one run."""

    waits: tuple[float, ...]

    @property
    def median(self) -> float:
        """The half of them waited no longer."""
        return statistics.median(self.waits)

    @property
    def p95(self) -> float:
        """19 of 20 waited no longer."""
        return statistics.quantiles(self.waits, n=20)[-1]


async def run(system: System, rounds: Rounds) -> Result:
    """One run with the bell and one without; the samples are the discharges, so rounds add nothing."""
    network = await build_network(system)
    headers = await system.sign_in(network.clinician)
    person = await system.post(
        Service.REFERRALS, "/people", {"given_name": "Ember", "family_name": "Bench"}, headers=headers
    )
    await _run(system, network, str(person["id"]), discharges=10)  # connections, plans and caches
    with_bell = await _run(system, network, str(person["id"]), discharges=DISCHARGES)
    rounds.say(f"  with the bell: p50 {with_bell.median:,.0f} ms, p95 {with_bell.p95:,.0f} ms")
    async with _no_bell(system):
        without = await _run(system, network, str(person["id"]), discharges=WITHOUT_BELL)
    rounds.say(f"  without: p50 {without.median:,.0f} ms, p95 {without.p95:,.0f} ms")
    result = Result(
        benchmark=rounds.benchmark,
        ours=with_bell.median,
        theirs=WITH_BELL_MS,
        rounds=1,
        limits_hold=without.p95 <= TWO_SWEEPS_MS,
    )
    further = {
        "samples": DISCHARGES,
        "p50": round(with_bell.median),
        "p95": round(with_bell.p95),
        "without_bell_p50": round(without.median),
        "without_bell_p95": round(without.p95),
        "without_bell_goal": TWO_SWEEPS_MS,
    }
    return replace(result, further=further)


async def _run(system: System, network: Network, person_id: str, *, discharges: int) -> Seen:
    """One discharge each 200 ms, while somebody else looks at the inbox all the time."""
    clinician = await system.sign_in(network.clinician)
    peer = await system.sign_in(PEER)
    committed: dict[str, float] = {}
    visible: dict[str, float] = {}
    looking = asyncio.create_task(_look(system, headers=peer, visible=visible))
    try:
        began = time.perf_counter()
        for number in range(discharges):
            await asyncio.sleep(max(began + number * EVERY_SECONDS - time.perf_counter(), 0))
            handoff_id = await _discharge(system, network, person_id, headers=clinician)
            committed[handoff_id] = time.perf_counter()

        async def all_seen() -> bool:
            return committed.keys() <= visible.keys() or looking.done()

        await until(all_seen, within_seconds=60)
        if looking.done():
            looking.result()
    finally:
        looking.cancel()
    return Seen(tuple((visible[one] - at) * 1000 for one, at in committed.items()))


async def _discharge(system: System, network: Network, person_id: str, *, headers: Mapping[str, str]) -> str:
    body = {
        "person_id": person_id,
        "programme_id": network.programme_id,
        "status": "discharged",
        "occurred_at": datetime.now(UTC).isoformat(),
        "visit_reference": uuid4().hex,
    }
    fresh = {"Idempotency-Key": uuid4().hex}
    made = await system.post(Service.REFERRALS, "/transitions", body, headers={**headers, **fresh})
    return str(made["handoff_id"])


async def _look(system: System, *, headers: Mapping[str, str], visible: dict[str, float]) -> None:
    url = f"{system.url(Service.NOTIFICATIONS)}/inbox?state=open&limit={MAX_PAGE}"
    for _ in itertools.count():
        async with system.session.get(url, headers=headers) as answer:
            content = await answer.json(content_type=None)
            if answer.status != 200:
                raise RuntimeError(f"the inbox answered {answer.status}")
        now = time.perf_counter()
        for item in content["items"]:
            visible.setdefault(item["subject_id"], now)
        await asyncio.sleep(LOOK_SECONDS)


@asynccontextmanager
async def _no_bell(system: System) -> AsyncIterator[None]:
    """Only the beat rings: whoever rings asks first how many are waiting (LLEN), which Valkey now refuses to all but it."""
    url = system.setting(Service.REFERRALS, "REDIS_URL")
    secret, stop = secrets.token_urlsafe(16), threading.Event()
    of_the_beat = urlsplit(url)._replace(netloc=f"bench:{secret}@{urlsplit(url).netloc.rpartition('@')[2]}").geturl()
    broker = redis.Redis.from_url(url)
    with tempfile.TemporaryDirectory() as folder, system.paused("beat"):
        beat = Beat(collect_schedules(), redis_url=of_the_beat, heartbeat_file=Path(folder) / "heartbeat")
        await broker.acl_setuser(
            "bench", enabled=True, passwords=[f"+{secret}"], keys=["*"], channels=["*"], categories=["+@all"]
        )
        await broker.acl_setuser("default", enabled=True, commands=["-llen"])
        ringing = asyncio.create_task(asyncio.to_thread(beat.run, stop))
        try:
            yield
        finally:
            stop.set()
            await ringing
            await broker.acl_setuser("default", enabled=True, commands=["+llen"])
            await broker.acl_deluser("bench")
            await broker.aclose()


BENCHMARK = Benchmark(
    name="commit_to_visible",
    what="from a committed discharge to the peer's inbox, one each 200 ms: the median with the bell (ms); without it, two sweeps",
    unit="ms",
    must=1,
    aim=0.5,
    run=run,
    at_most=True,
)
