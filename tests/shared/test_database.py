"""One unit of work is one transaction of one tenant, and leaves nothing behind on the connection."""

import asyncio

import httpx2
import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.database import create_engine, is_reachable, transaction
from shared.identifiers import new_id
from shared.problems import install_problem_handlers
from tests.shared.conftest import EFFECTS
from tests.shared.events import OTHER_TENANT, TENANT

TENANT_NOW = sa.text("SELECT coalesce(current_setting('handrail.tenant_id', true), '')")


async def tenant_of(connection: AsyncConnection) -> str:
    return str((await connection.execute(TENANT_NOW)).scalar_one())


async def count(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        return int((await connection.execute(sa.select(sa.func.count()).select_from(EFFECTS))).scalar_one())


async def test_the_tenant_is_set_for_one_transaction_and_gone_afterwards(plumbing_url: str) -> None:
    engine = create_engine(plumbing_url, pool_size=1)  # so that everything happens on the same connection
    async with transaction(engine, tenant_id=TENANT) as connection:
        assert await tenant_of(connection) == str(TENANT)
    async with transaction(engine, tenant_id=None) as connection:
        assert await tenant_of(connection) == ""
    async with transaction(engine, tenant_id=OTHER_TENANT) as connection:
        assert await tenant_of(connection) == str(OTHER_TENANT)
    async with engine.connect() as connection:
        assert await tenant_of(connection) == ""
    await engine.dispose()


async def test_tenants_at_the_same_time_do_not_see_each_other(engine: AsyncEngine) -> None:
    async def look(tenant: object) -> bool:
        async with transaction(engine, tenant_id=tenant) as connection:  # type: ignore[arg-type]
            await connection.execute(sa.text("SELECT pg_sleep(0)"))
            return await tenant_of(connection) == str(tenant)

    assert all(await asyncio.gather(*(look(new_id()) for _ in range(40))))


async def test_a_clean_exit_commits(engine: AsyncEngine) -> None:
    async with transaction(engine, tenant_id=TENANT) as connection:
        await connection.execute(sa.insert(EFFECTS).values(event_id=new_id()))
    assert await count(engine) == 1


@pytest.mark.parametrize("error", [LookupError, KeyboardInterrupt, asyncio.CancelledError])
async def test_any_exception_rolls_back(engine: AsyncEngine, error: type[BaseException]) -> None:
    async def fail() -> None:
        async with transaction(engine, tenant_id=TENANT) as connection:
            await connection.execute(sa.insert(EFFECTS).values(event_id=new_id()))
            raise error

    with pytest.raises(error):
        await fail()
    assert await count(engine) == 0


async def test_an_error_does_not_show_what_was_asked(engine: AsyncEngine) -> None:
    async with transaction(engine, tenant_id=None) as connection:
        with pytest.raises(sa.exc.DBAPIError) as failed:
            await connection.execute(sa.text("SELECT 1 / (length(:name) - 5)"), {"name": "Maria"})
        await connection.rollback()
    assert "Maria" not in str(failed.value)


async def test_reachability_is_an_answer_and_not_an_exception(engine: AsyncEngine) -> None:
    assert await is_reachable(engine)
    nowhere = create_engine("postgresql://nobody:wrong@127.0.0.1:1/nothing")
    assert not await is_reachable(nowhere)
    await nowhere.dispose()


async def test_where_every_connection_is_in_use_callers_are_asked_to_come_back(plumbing_url: str) -> None:
    engine = create_engine(plumbing_url, pool_size=1, pool_timeout_seconds=0.05)
    app = FastAPI()
    install_problem_handlers(app)

    @app.get("/things")
    async def things() -> int:
        return await count(engine)

    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        async with transaction(engine, tenant_id=TENANT):
            refused = await client.get("/things")
        taken = await client.get("/things")
    await engine.dispose()
    assert (refused.status_code, refused.json()["code"], refused.headers["retry-after"]) == (503, "too_busy", "2")
    assert (taken.status_code, taken.json()) == (200, 0)
