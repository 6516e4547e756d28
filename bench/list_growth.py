"""Pages of referrals at 1,000,000 rows against 10,000: the first page and one from deep inside the list.

Of every kind of list the median time of a page is taken at both sizes; the worst growth of all is the result.
"""

import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID

import aiohttp
import asyncpg

from bench.measuring import Benchmark, Result, Rounds
from bench.network import Network, build_network
from bench.referral_rows import Parties, TwoSizes
from bench.running_system import System
from shared.contracts.codes import Service
from shared.paging import CursorSigner

SMALL, LARGE = 10_000, 1_000_000
PAGES = 60
"""Pages of one kind in one round."""


@dataclass(frozen=True)
class Kind:
    """A list, and whether its page comes from deep inside."""

    name: str
    order: str
    asked: Mapping[str, str]
    deep: bool


async def run(system: System, rounds: Rounds) -> Result:
    """Interleaved: in each round every kind of list at one size and then at the other."""
    network = await build_network(system)
    owner = await asyncpg.connect(system.setting(Service.REFERRALS, "MIGRATION_DATABASE_URL"))
    try:
        parties = await _parties(owner, network)
        sizes = TwoSizes(owner, small=SMALL, large=LARGE)
        rounds.say(f"  writing {SMALL:,} and {LARGE:,} rows")
        await owner.execute("TRUNCATE referrals CASCADE")
        role = str(asyncpg_user(system.setting(Service.REFERRALS, "DATABASE_URL")))
        await sizes.build(parties, runtime_role=role)
        headers = await system.sign_in(network.clinician)
        medians: dict[str, float] = {}
        with system.workers_paused():
            for kind in _kinds(parties):
                sides = {
                    f"{kind.name} {size}": partial(_pages, system, sizes, size, kind, parties.tenant_id, headers)
                    for size in ("small", "large")
                }
                medians |= await rounds.interleave(sides)
        await sizes.clear()
    finally:
        await owner.close()
    growth = {kind.name: medians[f"{kind.name} large"] / medians[f"{kind.name} small"] for kind in _kinds(parties)}
    worst = max(growth, key=lambda name: growth[name])
    result = Result(
        benchmark=rounds.benchmark,
        ours=medians[f"{worst} large"],
        theirs=medians[f"{worst} small"],
        rounds=rounds.count,
    )
    return replace(result, further={name.replace(" ", "_"): round(value, 3) for name, value in growth.items()})


def asyncpg_user(url: str) -> str:
    """The role in a database's address."""
    return url.split("://", 1)[1].split(":", 1)[0]


async def _parties(owner: asyncpg.Connection, network: Network) -> Parties:
    programme = await owner.fetchrow("SELECT * FROM programmes WHERE id = $1", UUID(network.programme_id))
    people = [
        await owner.fetchval(
            "INSERT INTO people (tenant_id, id, version, recorded_at, given_name, family_name, language, contact_preference)"
            " VALUES ($1, gen_random_uuid(), 1, now(), 'Robin', 'Example', 'en', 'staff_only') RETURNING id",
            programme["tenant_id"],
        )
        for _ in range(100)
    ]
    return Parties(
        tenant_id=str(programme["tenant_id"]),
        programme_id=network.programme_id,
        organization_id=str(programme["organization_id"]),
        requester_id=str(programme["duty_owner_worker_id"]),
        recipient_id=network.peer_id,
        team_id=network.team_id,
        people=[str(person) for person in people],
    )


def _kinds(parties: Parties) -> list[Kind]:
    lists: dict[str, tuple[str, dict[str, str]]] = {
        "mine": ("newest", {}),
        "owner": ("newest", {"owner": parties.recipient_id}),
        "team": ("newest", {"team_id": parties.team_id}),
        "person": ("newest", {"person_id": parties.people[0]}),
        "status": ("newest", {"status": "requested"}),
        "due": ("due", {}),
    }
    return [
        Kind(name=f"{name} {where}", order=order, asked=asked, deep=where == "deep")
        for name, (order, asked) in lists.items()
        for where in ("first", "deep")
    ]


async def _pages(
    system: System, sizes: TwoSizes, size: str, kind: Kind, tenant_id: str, headers: Mapping[str, str]
) -> float:
    await sizes.place(size)
    params = {"order": kind.order, **kind.asked}
    if kind.deep:
        place = {"list": f"referrals.{kind.order}", "tenant": tenant_id, "after": sizes.deep(size)}
        params["cursor"] = CursorSigner(system.setting(Service.REFERRALS, "CURSOR_KEY")).encode(place)
    url = f"{system.url(Service.REFERRALS)}/referrals"
    times = [await _page(system.session, url, params=params, headers=headers) for _ in range(PAGES)]
    return statistics.median(times[PAGES // 6 :]) * 1000


async def _page(
    session: aiohttp.ClientSession, url: str, *, params: Mapping[str, str], headers: Mapping[str, str]
) -> float:
    began = time.perf_counter()
    async with session.get(url, params=params, headers=headers) as answer:
        content = await answer.json()
        if answer.status != 200 or len(content["items"]) != 50:
            raise RuntimeError(f"{params} answered {answer.status}: {str(content)[:300]}")
    return time.perf_counter() - began


BENCHMARK = Benchmark(
    name="list_growth",
    what="pages of referrals at 1,000,000 rows against 10,000, first and deep, each kind of list (ms of the worst)",
    unit="ms",
    must=1.2,
    aim=1.0,
    run=run,
    at_most=True,
)
