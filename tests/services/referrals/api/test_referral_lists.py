"""Lists of referrals: complete, by each filter, on indexes, and in a fixed number of statements."""

from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
from fastapi import FastAPI
from sqlalchemy.dialects import postgresql

from services.referrals.adapters.referral_disclosure import CONSENTS
from services.referrals.adapters.referral_lists import page_query
from services.referrals.domain.actor import Actor
from services.referrals.domain.referral_states import ReferralStatus
from services.referrals.use_cases.referral_ports import ReferralFilter, ReferralOrder
from shared.contracts.codes import AccessRole
from tests.fixtures.databases import ServiceDatabase
from tests.services.referrals.api.test_lists import all_pages
from tests.services.referrals.api.test_statements import statements
from tests.services.referrals.conftest import Caller
from tests.services.referrals.referral_world import ReferralWorld

MANY = 5000
DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


async def many(world: ReferralWorld, database: ServiceDatabase) -> tuple[str, str]:
    """(programme, person) of some thousands of requested referrals to the partner's team, written straight into the tables."""
    programme, person = await world.programme("co_located"), await world.person()
    connection = await asyncpg.connect(database.owner_url)
    try:
        await connection.execute(
            """
            INSERT INTO referrals (tenant_id, id, version, recorded_at, programme_id, model, person_id, need, kind,
              priority, reported_by, occurred_at, asks_text, asks_responsibility, status, business_status,
              parent_follows, deidentified, respond_by, overdue_after, offer_again_at)
            SELECT $1, ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 1, now(), $2, 'co_located', $3,
              'peer_support', 'peer_service', 'routine', 'staff', now(), '', 'assist', 'requested', 'none', false, false,
              now() + n * interval '1 minute', now() + n * interval '2 minutes',
              CASE WHEN n % 100 = 0 THEN now() + n * interval '1 hour' END
            FROM generate_series(1, $4::int) n
            """,
            world.network.tenant_id,
            programme,
            person,
            MANY,
        )
        for role, organization, worker, team in (
            ("requester", world.network.organization_id, world.network.nurse_id, None),
            ("recipient", world.partner_id, world.peer_id, world.team_id),
        ):
            await connection.execute(
                """
                INSERT INTO referral_parties (tenant_id, referral_id, role, organization_id, worker_id, team_id)
                SELECT tenant_id, id, $1, $2::uuid, $3::uuid, $4::uuid FROM referrals
                """,
                role,
                organization,
                worker,
                team,
            )
        await connection.execute("ANALYZE")
    finally:
        await connection.close()
    return programme, person


def actor(world: ReferralWorld, role: AccessRole, worker_id: str | None) -> Actor:
    return Actor(tenant_id=world.network.tenant_id, access_role=role, worker_id=worker_id)  # type: ignore[arg-type]


async def test_no_list_reads_a_whole_table(referral_world: ReferralWorld, referrals_database: ServiceDatabase) -> None:
    """Every kind of list, first page and deep page, for somebody who sees much and for somebody who sees little."""
    world = referral_world
    _, person = await many(world, referrals_database)
    nurse = actor(world, AccessRole.CLINICIAN, world.network.nurse_id)
    peer = actor(world, AccessRole.PEER, world.peer_id)
    administrator = actor(world, AccessRole.ADMINISTRATOR, None)
    kinds: list[dict[str, Any]] = [
        {},
        {"status": ReferralStatus.REQUESTED},
        {"owner_worker_id": world.peer_id},
        {"team_id": world.team_id},
        {"person_id": person},
        {"order": ReferralOrder.DUE},
        {"order": ReferralOrder.AT_RISK, "due_before": datetime.now(UTC) + timedelta(days=1)},
        {"order": ReferralOrder.OFFER_AGAIN},
        {"requester_worker_id": world.network.nurse_id},
        {"requester_worker_id": world.network.nurse_id, "owner_worker_id": world.peer_id},
    ]
    connection = await asyncpg.connect(referrals_database.owner_url)
    try:
        await connection.execute("SET jit = off")
        middle = await connection.fetchval("SELECT id FROM referrals ORDER BY id OFFSET 2500 LIMIT 1")
        for by in (nurse, peer, administrator):
            for kind in kinds:
                for after in (None, middle):
                    wanted = ReferralFilter(by=by, **kind)
                    query = page_query(wanted, disclosure=CONSENTS, after=after, limit=51)
                    sql = str(query.compile(dialect=DIALECT, compile_kwargs={"literal_binds": True}))
                    plan = "\n".join(row[0] for row in await connection.fetch(f"EXPLAIN {sql}"))
                    for table in ("referrals", "referral_parties"):
                        assert f"Seq Scan on {table}" not in plan, f"{by.access_role} {kind} {after}\n{plan}"
    finally:
        await connection.close()


async def test_pages_are_complete_in_every_order(
    referral_world: ReferralWorld,
) -> None:
    world = referral_world
    made = [(await world.referred(recipient_team_id=world.team_id))["id"] for _ in range(5)]
    urgent = (await world.referred(priority="urgent"))["id"]
    for limit in (2, 5, 6):
        newest = [urgent, *reversed(made)]
        assert await all_pages(world.nurse, "/referrals", limit=limit) == newest
        assert await all_pages(world.peer, "/referrals", limit=limit) == newest
        assert await all_pages(world.network.administrator, "/referrals", limit=limit) == newest
        assert await all_pages(world.other_peer, "/referrals", limit=limit) == newest[1:]
        assert await all_pages(world.nurse, "/referrals", limit=limit, order="due") == [urgent, *made]
    assert await world.listed(world.nurse, order="at_risk") == [urgent]


async def test_each_filter_narrows(referral_world: ReferralWorld) -> None:
    world = referral_world
    person = await world.person()
    first = (await world.referred(person_id=person, recipient_team_id=world.team_id))["id"]
    second = (await world.referred(recipient_worker_id=world.other_peer_id))["id"]
    await world.done(world.peer, first, "accept")
    assert await world.listed(world.nurse, status="accepted") == [first]
    assert await world.listed(world.peer, owner="me") == [first]
    assert await world.listed(world.nurse, owner=world.other_peer_id) == [second]
    assert await world.listed(world.nurse, team_id=world.team_id) == [first]
    assert await world.listed(world.nurse, person_id=person) == [first]
    assert await world.listed(world.nurse, order="due", owner=world.other_peer_id) == [second]
    line = (await world.nurse.ask("GET", "/referrals", params={"status": "accepted"})).json()["items"][0]
    assert (line["owner_worker_id"], line["team_id"], line["called"]) == (world.peer_id, world.team_id, "Robin")


async def test_a_list_that_does_not_exist(referral_world: ReferralWorld) -> None:
    for asked in ({"order": "sideways"}, {"status": "lost"}, {"owner": "somebody"}, {"limit": "0"}):
        assert (await referral_world.nurse.ask("GET", "/referrals", params=asked)).status_code == 422, asked


async def test_a_cursor_belongs_to_its_order(referral_world: ReferralWorld) -> None:
    world = referral_world
    for _ in range(2):
        await world.referred()
    first = (await world.nurse.ask("GET", "/referrals", params={"limit": 1})).json()
    params = {"limit": 1, "order": "due", "cursor": first["next_cursor"]}
    answer = await world.nurse.ask("GET", "/referrals", params=params)
    assert (answer.status_code, answer.json()["code"]) == (400, "cursor_invalid")


async def cost(app: FastAPI, caller: Caller, method: str, path: str, body: Any = None, **more: Any) -> int:
    """How many statements a request sends."""
    async with statements(app) as sent:
        answer = await caller.ask(method, path, body, **more)
    assert answer.status_code in (200, 201), answer.text
    return len(sent)


async def test_what_a_request_costs(referral_world: ReferralWorld, app: FastAPI) -> None:
    world = referral_world
    wish = await world.wish()
    assert await cost(app, world.nurse, "POST", "/referrals", wish, key="k") == 2
    (made,) = await world.listed(world.nurse)
    path = f"/referrals/{made}"
    assert await cost(app, world.nurse, "GET", path) <= 5
    assert await cost(app, world.nurse, "GET", "/referrals") == 2
    # what is told to another organisation is written down in the same transaction
    assert await cost(app, world.peer, "GET", path) <= 6
    assert await cost(app, world.peer, "GET", "/referrals") == 3
    assert await cost(app, world.peer, "POST", f"{path}/accept", {}, version=1, key="k") == 7
    assert await cost(app, world.peer, "POST", f"{path}/start", {}, version=2, key="k2") == 7
