"""A database and two roles per service: the owner migrates, the runtime role reads and writes rows only."""

from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg


@dataclass(frozen=True, kw_only=True)
class ServiceDatabase:
    """The two addresses of one service's database."""

    owner_url: str
    runtime_url: str


def owner_role(service: str) -> str:
    """Owns the database and its tables; runs migrations."""
    return f"handrail_{service}_owner"


def runtime_role(service: str) -> str:
    """What the service's processes sign in as."""
    return f"handrail_{service}"


def address(administrator_url: str, *, role: str, password: str, database: str) -> str:
    """The same server for another role and database; query parameters (such as sslmode) are kept."""
    parts = urlsplit(administrator_url)
    where = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(role)}:{quote(password, safe='')}@{where}", path=f"/{database}"))


async def ensure_service_database(
    administrator_url: str, *, service: str, owner_password: str, runtime_password: str, database: str | None = None
) -> ServiceDatabase:
    """Create or repair the roles, database and privileges of one service; running it again changes nothing.

    `administrator_url` is a role that may create roles and databases. Both passwords are set to those given.
    """
    name = database or runtime_role(service)
    owner, runtime = owner_role(service), runtime_role(service)
    connection = await asyncpg.connect(administrator_url, timeout=10)
    try:
        await _ensure_role(connection, owner, password=owner_password)
        await _ensure_role(connection, runtime, password=runtime_password)
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            await connection.execute(f'CREATE DATABASE "{name}" OWNER "{owner}"')
        await restrict_database(connection, database=name, service=service)
    finally:
        await connection.close()
    urls = ServiceDatabase(
        owner_url=address(administrator_url, role=owner, password=owner_password, database=name),
        runtime_url=address(administrator_url, role=runtime, password=runtime_password, database=name),
    )
    await _grant_rows(urls.owner_url, runtime=runtime)
    return urls


async def restrict_database(connection: asyncpg.Connection, *, database: str, service: str) -> None:
    """Only the service's own roles may connect. These grants belong to the database, so a clone needs them again."""
    await connection.execute(f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC')
    await connection.execute(f'GRANT CONNECT ON DATABASE "{database}" TO "{runtime_role(service)}"')


async def _ensure_role(connection: asyncpg.Connection, role: str, *, password: str) -> None:
    if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role):
        await connection.execute(f'CREATE ROLE "{role}" LOGIN')
    literal = await connection.fetchval("SELECT quote_literal($1::text)", password)
    await connection.execute(f'ALTER ROLE "{role}" LOGIN NOCREATEROLE NOCREATEDB PASSWORD {literal}')
    if not await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
        # an administrator who is not a superuser must be able to act as the owner to give it a database
        await connection.execute(f'GRANT "{role}" TO CURRENT_USER WITH SET TRUE, INHERIT TRUE')


async def _grant_rows(owner_url: str, *, runtime: str) -> None:
    connection = await asyncpg.connect(owner_url, timeout=10)
    try:
        await connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        await connection.execute(f'GRANT USAGE ON SCHEMA public TO "{runtime}"')
        for privileges, things in (("SELECT, INSERT, UPDATE, DELETE", "TABLES"), ("USAGE", "SEQUENCES")):
            await connection.execute(
                f'ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {privileges} ON {things} TO "{runtime}"'
            )
    finally:
        await connection.close()
