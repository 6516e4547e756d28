"""A database of an older version is brought to the newest, or left alone while somebody holds what has to be written anew."""

import asyncio
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest
from alembic import command
from sqlalchemy.exc import DBAPIError

from shared.migrations import configuration, upgrade
from tests.fixtures.databases import Clone, run_apart


@pytest.fixture
def old_url(postgres: str, cloned_database: Clone) -> Iterator[str]:
    """The owner's address of an empty database as it was before messages had links."""
    name, owner_url = "notifications_before_links", cloned_database("notifications").owner_url

    async def say(words: str) -> None:
        connection = await asyncpg.connect(postgres)
        try:
            await connection.execute(words)
        finally:
            await connection.close()

    run_apart(lambda: asyncio.run(say(f'CREATE DATABASE "{name}" OWNER handrail_notifications_owner')))
    url = f"{owner_url.rpartition('/')[0]}/{name}"
    run_apart(lambda: command.upgrade(configuration("notifications", url=url), "0002"))
    yield url
    run_apart(lambda: asyncio.run(say(f'DROP DATABASE "{name}" WITH (FORCE)')))


async def _types(connection: Any) -> list[str]:
    rows = await connection.fetch(
        "SELECT data_type FROM information_schema.columns"
        " WHERE table_name = 'items' AND column_name IN ('subject_version', 'ended_version')"
    )
    return [row["data_type"] for row in rows]


async def test_writing_items_anew_gives_up_soon_and_may_be_run_again(old_url: str) -> None:
    connection = await asyncpg.connect(old_url)
    try:
        async with connection.transaction():
            await connection.execute("LOCK TABLE items IN ROW EXCLUSIVE MODE")
            with pytest.raises(DBAPIError, match="lock timeout"):
                run_apart(lambda: upgrade("notifications", url=old_url))
        assert await _types(connection) == ["integer", "integer"]
        run_apart(lambda: upgrade("notifications", url=old_url))
        assert await _types(connection) == ["bigint", "bigint"]
    finally:
        await connection.close()
