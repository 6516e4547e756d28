"""Sealing and verifying on real PostgreSQL."""

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from services.scope_guard.adapters.tables import chain_heads, decisions
from services.scope_guard.adapters.unit_of_work import PostgresDecisionChain
from services.scope_guard.domain.hash_chain import BreakKind, append
from services.scope_guard.use_cases.seal import seal
from services.scope_guard.use_cases.verify_chain import ChainReport, verify_chain
from shared.clock import SystemClock
from tests.services.scope_guard.adapters.logbook import count, stored
from tests.services.scope_guard.questions import OTHER_TENANT, TENANT


def chain_on(engine: AsyncEngine) -> PostgresDecisionChain:
    return PostgresDecisionChain(engine, clock=SystemClock())


async def verified(engine: AsyncEngine) -> ChainReport:
    return await verify_chain(tenant_id=TENANT, chain=chain_on(engine), batch=4)


async def unsealed(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        asked = sa.select(sa.func.count()).where(decisions.c.chain_position.is_(None))
        return int((await connection.execute(asked)).scalar_one())


async def test_what_is_stored_is_sealed_and_holds(engine: AsyncEngine) -> None:
    for text in ["listen", "diagnose him and listen", "crisis", "", "\x00"]:
        await stored(engine, text)
    await stored(engine, "listen", tenant_id=OTHER_TENANT)
    assert await seal(chain=chain_on(engine), batch=2) == 6
    assert await unsealed(engine) == 0
    report = await verified(engine)
    assert (report.verified, report.head.position, report.broken) == (5, 5, None)
    assert await seal(chain=chain_on(engine)) == 0


async def test_two_sealers_and_a_writer_make_one_chain(engine: AsyncEngine) -> None:
    for _ in range(20):
        await stored(engine)

    async def write() -> int:
        for _ in range(20):
            await stored(engine)
        return 0

    async def keep_sealing() -> int:
        return sum([await seal(chain=chain_on(engine), batch=3) for _ in range(4)])

    sealed = await asyncio.gather(keep_sealing(), keep_sealing(), write())
    rest = await seal(chain=chain_on(engine))
    assert sealed[0] + sealed[1] + rest == 40
    report = await verified(engine)
    assert (report.verified, report.broken) == (40, None)


async def test_a_second_sealer_finds_the_head_held(engine: AsyncEngine) -> None:
    # The first claim ever makes the head's row; from then on nobody waits for it.
    async with chain_on(engine).claim(TENANT):
        pass
    async with chain_on(engine).claim(TENANT) as first, chain_on(engine).claim(TENANT) as second:
        assert first is not None
        assert second is None


async def test_a_sealer_that_dies_half_way_leaves_no_trace(engine: AsyncEngine) -> None:
    await stored(engine)

    class Died(Exception):  # noqa: N818
        pass

    async def seal_and_die() -> None:
        async with chain_on(engine).claim(TENANT) as claim:
            assert claim is not None
            rows = await claim.unsealed(limit=10)
            await claim.extend([append(claim.head, rows[0])])
            raise Died

    with pytest.raises(Died):
        await seal_and_die()
    assert await unsealed(engine) == 1
    assert await seal(chain=chain_on(engine)) == 1
    assert (await verified(engine)).broken is None


AT_THREE = sa.and_(decisions.c.tenant_id == TENANT, decisions.c.chain_position == 3)

TAMPERINGS: dict[str, tuple[Any, int, BreakKind]] = {
    "verdict": (sa.update(decisions).where(AT_THREE).values(verdict="within_scope"), 3, BreakKind.ALTERED),
    "facts": (sa.update(decisions).where(AT_THREE).values(facts={"setting": "youth"}), 3, BreakKind.ALTERED),
    "time": (
        sa.update(decisions).where(AT_THREE).values(recorded_at=sa.func.now()),
        3,
        BreakKind.ALTERED,
    ),
    "assigner": (sa.update(decisions).where(AT_THREE).values(assigner_worker_id=TENANT), 3, BreakKind.ALTERED),
    "link": (sa.update(decisions).where(AT_THREE).values(chain_link=b"\0" * 32), 3, BreakKind.ALTERED),
    "row gone": (sa.delete(decisions).where(AT_THREE), 3, BreakKind.MISSING),
    "tail gone": (sa.delete(decisions).where(decisions.c.chain_position >= 4), 4, BreakKind.MISSING),
    "unsealed": (
        sa.update(decisions).where(AT_THREE).values(chain_position=None, chain_link=None),
        3,
        BreakKind.MISSING,
    ),
    "head": (sa.update(chain_heads).values(link=b"\0" * 32), 6, BreakKind.HEAD_DIFFERS),
}


@pytest.mark.parametrize("name", TAMPERINGS)
async def test_tampering_is_found_at_its_place(engine: AsyncEngine, name: str) -> None:
    statement, position, kind = TAMPERINGS[name]
    for _ in range(6):
        await stored(engine, "maybe")
    await seal(chain=chain_on(engine))
    assert (await verified(engine)).broken is None
    async with engine.begin() as connection:
        assert (await connection.execute(statement)).rowcount >= 1
    report = await verified(engine)
    assert report.broken is not None
    assert (report.broken.position, report.broken.kind) == (position, kind)


async def test_one_head_per_tenant(engine: AsyncEngine) -> None:
    await stored(engine)
    await stored(engine, tenant_id=OTHER_TENANT)
    await asyncio.gather(*(seal(chain=chain_on(engine)) for _ in range(3)))
    await seal(chain=chain_on(engine))
    assert await count(engine, chain_heads) == 2
