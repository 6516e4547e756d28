"""Alembic, the same way for every service: `services/<name>/migrations/env.py` calls `run`, everyone else `upgrade`."""

import asyncio
from importlib import import_module
from pathlib import Path

import sqlalchemy as sa
from alembic import command, context
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

from shared.database import create_engine


def configuration(service: str, *, url: str) -> Config:
    """Alembic's configuration for one service (`referrals`, …) and one database."""
    config = Config()
    package = import_module(f"services.{service}.migrations")
    config.set_main_option("script_location", str(Path(str(package.__file__)).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    return config


def upgrade(service: str, *, url: str) -> None:
    """Bring a service's database to the newest version. `url` is that of the role that owns tables."""
    command.upgrade(configuration(service, url=url), "head")


def differences(metadata: sa.MetaData, *, url: str) -> list[object]:
    """What the tables in code and the tables in the database disagree on; empty when migrations are complete."""

    def compare(connection: sa.Connection) -> list[object]:
        found: list[object] = list(compare_metadata(MigrationContext.configure(connection), metadata))
        return found

    async def ask() -> list[object]:
        engine = create_engine(url, pool_size=1)
        try:
            async with engine.connect() as connection:
                return await connection.run_sync(compare)
        finally:
            await engine.dispose()

    return asyncio.run(ask())


def run(metadata: sa.MetaData) -> None:
    """Called by a service's `env.py`: apply the migrations in one transaction each."""

    def apply(connection: sa.Connection) -> None:
        context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()

    async def connect() -> None:
        engine = create_engine(context.config.attributes["url"], pool_size=1)
        try:
            async with engine.connect() as connection:
                await connection.run_sync(apply)
                await connection.commit()
        finally:
            await engine.dispose()

    asyncio.run(connect())
