"""One data path: async SQLAlchemy Core on asyncpg, with the tenant set on every transaction."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic_core import from_json, to_json
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

_SET_TENANT = sa.text("SELECT set_config('handrail.tenant_id', :tenant_id, true)")


def new_metadata() -> sa.MetaData:
    """Metadata with the house naming of constraints, so that migrations can name what they change."""
    return sa.MetaData(naming_convention=NAMING)


def create_engine(
    url: str, *, pool_size: int = 5, pool_timeout_seconds: float = 10, application_name: str = "handrail"
) -> AsyncEngine:
    """An engine for `postgresql://…`. Made once a process (after fork, in workers); dispose it at shutdown.

    Whoever waits `pool_timeout_seconds` for a connection gets sqlalchemy.exc.TimeoutError, which callers see as 503.
    """
    async_url = url.replace("postgresql://", "postgresql+asyncpg://", 1)
    return create_async_engine(
        async_url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=pool_timeout_seconds,
        pool_pre_ping=False,
        pool_recycle=1800,
        json_serializer=_json_text,
        json_deserializer=from_json,
        hide_parameters=True,  # errors end up in logs, and parameters may be about people
        connect_args={
            "timeout": 10,
            "command_timeout": 30,
            "server_settings": {"application_name": application_name, "jit": "off"},
        },
    )


def _json_text(value: Any) -> str:
    return to_json(value).decode()


@asynccontextmanager
async def transaction(engine: AsyncEngine, *, tenant_id: UUID | None) -> AsyncIterator[AsyncConnection]:
    """A unit of work of one tenant; commits on a clean exit, rolls back on any exception.

    `tenant_id=None` is for system work that spans tenants (claiming a batch); nothing else may use it.
    """
    async with engine.connect() as connection, connection.begin():
        if tenant_id is not None:
            await speak_for(connection, tenant_id)
        yield connection


async def speak_for(connection: AsyncConnection, tenant_id: UUID) -> None:
    """Set the tenant of the transaction that is open, in place of the one before."""
    await connection.execute(_SET_TENANT, {"tenant_id": str(tenant_id)})


def among(
    tenant_column: sa.ColumnElement[UUID], id_column: sa.ColumnElement[UUID], pairs: Collection[tuple[UUID, UUID]]
) -> sa.ColumnElement[bool]:
    """Whether (tenant, id) is one of `pairs` (at least one): two arrays, so that the statement is the same for any number."""
    tenants, ids = zip(*pairs, strict=True)
    named = (
        sa.func.unnest(
            sa.bindparam(None, list(tenants), type_=ARRAY(sa.Uuid)), sa.bindparam(None, list(ids), type_=ARRAY(sa.Uuid))
        )
        .table_valued("tenant_id", "id", name="named")
        .render_derived()
    )
    return sa.tuple_(tenant_column, id_column).in_(sa.select(named.c.tenant_id, named.c.id))


async def is_reachable(engine: AsyncEngine) -> bool:
    """Whether the database answers a trivial question now; for readiness checks."""
    try:
        async with engine.connect() as connection:
            await connection.execute(sa.text("SELECT 1"))
    except (sa.exc.SQLAlchemyError, OSError, TimeoutError):
        return False
    return True
