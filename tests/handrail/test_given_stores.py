"""The operator's own PostgreSQL and Redis: used, and none started."""

from pathlib import Path

import asyncpg
import pytest

from handrail.runtime import stores
from handrail.runtime.service_databases import address, ensure_service_database
from handrail.runtime.state_folder import StateFolder
from shared.contracts.codes import Service


@pytest.fixture
def state(tmp_path: Path) -> StateFolder:
    made = StateFolder(tmp_path)
    made.ensure()
    return made


def test_given_addresses_are_used_and_nothing_is_started(
    state: StateFolder, postgres: str, valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HANDRAIL_POSTGRES_URL", postgres)
    monkeypatch.setenv("HANDRAIL_REDIS_URL", valkey_url)
    prepared = stores.prepare(state, ports={})
    assert (prepared.postgres_url, prepared.redis_url, prepared.to_run) == (postgres, valkey_url, ())
    assert list(state.postgres.iterdir()) == []


async def test_services_get_databases_on_it(state: StateFolder, postgres: str) -> None:
    made = await stores.ensure_databases(state, postgres_url=postgres, services=[Service.CONSOLE])
    connection = await asyncpg.connect(made[Service.CONSOLE].runtime_url)
    assert await connection.fetchval("SELECT current_user || '@' || current_database()") == (
        "handrail_console@handrail_console"
    )
    await connection.close()


async def test_an_administrator_need_not_be_superuser(postgres: str) -> None:
    """As hosted databases give it: may create roles and databases, and nothing else."""
    superuser = await asyncpg.connect(postgres)
    await superuser.execute("DROP ROLE IF EXISTS hosted")
    await superuser.execute("CREATE ROLE hosted LOGIN CREATEROLE CREATEDB PASSWORD 'hosted-password'")
    try:
        hosted = address(postgres, role="hosted", password="hosted-password", database="postgres")
        for _ in range(2):
            urls = await ensure_service_database(
                hosted, service="hosted_service", owner_password="owner", runtime_password="runtime"
            )
        owner = await asyncpg.connect(urls.owner_url)
        await owner.execute("CREATE TABLE thing (number int)")
        runtime = await asyncpg.connect(urls.runtime_url)
        await runtime.execute("INSERT INTO thing VALUES (1)")
        await runtime.close()
        await owner.close()
    finally:
        await superuser.execute("DROP DATABASE IF EXISTS handrail_hosted_service")
        await superuser.execute("DROP ROLE IF EXISTS handrail_hosted_service, handrail_hosted_service_owner, hosted")
        await superuser.close()


async def test_the_connections_that_roles_may_open_are_counted(postgres: str) -> None:
    assert await stores.available_connections(postgres) == 200 - 3


def test_an_address_keeps_its_parameters() -> None:
    changed = address(
        "postgresql://a:b@db.example:5433/postgres?sslmode=require", role="r", password="p/w", database="d"
    )
    assert changed == "postgresql://r:p%2Fw@db.example:5433/d?sslmode=require"
