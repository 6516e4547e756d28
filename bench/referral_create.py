"""Refer somebody: token, idempotency key, everything checked, referral, parties, history, outbox; against one bare INSERT.

The workers stand still while the two sides are compared, for one side has none.
"""

import itertools
import json
from collections.abc import Iterator, Mapping
from functools import partial
from uuid import uuid4

from bench.load import Post, requests_per_second
from bench.measuring import Benchmark, Result, Rounds
from bench.network import Network, build_network
from bench.running_system import System
from bench.task_assign import CALLERS, JSON, REQUESTS, beside_bare_insert
from shared.contracts.codes import Service

PEOPLE = 50


async def run(system: System, rounds: Rounds) -> Result:
    """Both sides: one uvicorn process each in front of the same PostgreSQL."""
    network = await build_network(system)
    programme_id, people = await _somebody_to_refer(system, network)
    return await beside_bare_insert(system, rounds, ours=partial(_ours, system, network, programme_id, people))


async def _somebody_to_refer(system: System, network: Network) -> tuple[str, list[str]]:
    """A co-located programme (nothing is asked that the scope guard would have to judge) and fictional people."""
    administrator = await system.sign_in()

    async def read(path: str) -> dict[str, str]:
        async with system.session.get(f"{system.url(Service.REFERRALS)}{path}", headers=administrator) as answer:
            return dict(await answer.json())

    like = await read(f"/programmes/{network.programme_id}")
    told = {name: value for name, value in like.items() if name not in ("id", "version", "recorded_at", "active")}
    told |= {"name": "Bench corridor", "integration_model": "co_located"}
    programme = await system.post(Service.REFERRALS, "/programmes", told, headers=administrator)
    at_home = await system.sign_in(network.clinician)  # who is added elsewhere is not theirs to refer
    people = []
    for number in range(PEOPLE):
        body = {"given_name": "Robin", "family_name": f"Example{number}"}
        person = await system.post(Service.REFERRALS, "/people", body, headers=at_home)
        people.append(str(person["id"]))
    return str(programme["id"]), people


async def _ours(system: System, network: Network, programme_id: str, people: list[str]) -> float:
    headers = await system.sign_in(network.clinician)
    return await requests_per_second(
        f"{system.url(Service.REFERRALS)}/referrals",
        posts=_referrals(network, programme_id=programme_id, people=people, headers=headers),
        count=REQUESTS,
        callers=CALLERS,
        session=system.session,
        expect=201,
    )


def _referrals(network: Network, *, programme_id: str, people: list[str], headers: Mapping[str, str]) -> Iterator[Post]:
    for person_id in itertools.cycle(people):
        wish = {
            "programme_id": programme_id,
            "person_id": person_id,
            "need": "peer_support",
            "kind": "peer_service",
            "recipient_worker_id": network.peer_id,
        }
        yield Post(json.dumps(wish).encode(), {**JSON, **headers, "Idempotency-Key": str(uuid4())})


BENCHMARK = Benchmark(
    name="referral_create",
    what="POST /referrals with token, key, checks, parties, history and outbox, against bare FastAPI + one asyncpg INSERT",
    unit="requests/s",
    must=0.35,
    aim=0.5,
    run=run,
)
