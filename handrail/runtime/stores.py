"""PostgreSQL and Valkey for a run: embedded ones, or the operator's own when their addresses are given."""

import asyncio
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import asyncpg

from handrail.runtime import postgres, valkey
from handrail.runtime.ports import LOOPBACK
from handrail.runtime.postgres import PostgresServer
from handrail.runtime.service_databases import ServiceDatabase, ensure_service_database
from handrail.runtime.state_folder import StateFolder
from handrail.runtime.supervised import Supervised
from handrail.runtime.valkey import ValkeyServer
from shared.contracts.codes import Service

POSTGRES_VARIABLE = "HANDRAIL_POSTGRES_URL"
REDIS_VARIABLE = "HANDRAIL_REDIS_URL"


@dataclass(frozen=True, kw_only=True)
class Stores:
    """The administrator's address of PostgreSQL, the address of Valkey, and what we have to run ourselves."""

    postgres_url: str
    redis_url: str
    to_run: tuple[Supervised, ...]


def given_postgres() -> str | None:
    """The operator's own PostgreSQL (address of a role that may create roles and databases)."""
    return os.environ.get(POSTGRES_VARIABLE) or None


def given_redis() -> str | None:
    """The operator's own Redis or Valkey."""
    return os.environ.get(REDIS_VARIABLE) or None


def prepare(state: StateFolder, *, ports: Mapping[str, int]) -> Stores:
    """Create what is missing on disk. Blocks for a second or two the first time."""
    to_run: list[Supervised] = []
    postgres_url, redis_url = given_postgres(), given_redis()
    if postgres_url is None:
        postgres_url, thing = _embedded_postgres(state, port=ports["postgres"])
        to_run.append(thing)
    if redis_url is None:
        redis_url, thing = _embedded_valkey(state, port=ports["valkey"])
        to_run.append(thing)
    return Stores(postgres_url=postgres_url, redis_url=redis_url, to_run=tuple(to_run))


def _embedded_postgres(state: StateFolder, *, port: int) -> tuple[str, Supervised]:
    server = PostgresServer(folder=state.postgres.resolve(), port=port, password=state.secret("postgres.password"))
    server.prepare()
    thing = Supervised(
        command=server.command(), is_ready=lambda: postgres.is_ready(server.url), address=f"{LOOPBACK}:{port}"
    )
    return server.url, thing


def _embedded_valkey(state: StateFolder, *, port: int) -> tuple[str, Supervised]:
    server = ValkeyServer(folder=state.valkey.resolve(), port=port, password=state.secret("valkey.password"))
    server.prepare()
    thing = Supervised(
        command=server.command(), is_ready=lambda: valkey.is_ready(server.url()), address=f"{LOOPBACK}:{port}"
    )
    return server.url(), thing


async def ensure_databases(
    state: StateFolder, *, postgres_url: str, services: Iterable[Service]
) -> dict[Service, ServiceDatabase]:
    """A database and two roles for each service, with this state folder's passwords."""
    chosen = tuple(services)
    made = await asyncio.gather(
        *(
            ensure_service_database(
                postgres_url,
                service=service.value,
                owner_password=state.secret(f"{service.value}.owner.password"),
                runtime_password=state.secret(f"{service.value}.runtime.password"),
            )
            for service in chosen
        )
    )
    return dict(zip(chosen, made, strict=True))


async def available_connections(postgres_url: str) -> int:
    """How many connections the server gives to ordinary roles."""
    connection = await asyncpg.connect(postgres_url, timeout=10)
    try:
        most = int(await connection.fetchval("SHOW max_connections"))
        reserved = int(await connection.fetchval("SHOW superuser_reserved_connections"))
    finally:
        await connection.close()
    return most - reserved
