"""A poison event in referrals: listed for operators, tried again by command."""

import asyncio
from typing import Any
from uuid import uuid4

import asyncpg
from typer.testing import CliRunner

from services.referrals.cli.operating import commands
from tests.fixtures.databases import ServiceDatabase


async def run(*arguments: str) -> Any:
    return await asyncio.to_thread(CliRunner().invoke, commands, list(arguments))


async def test_an_event_set_aside_is_listed_and_replayed(referrals_database: ServiceDatabase, shell: None) -> None:
    event_id = uuid4()
    connection = await asyncpg.connect(referrals_database.runtime_url)
    try:
        await connection.execute(
            """INSERT INTO event_inbox (tenant_id, event_id, type, payload, received_at, available_at, state, attempts, last_error)
            VALUES ($1, $1, 'ladder.exhausted', '{}', now(), now(), 'quarantined', 5, 'ValidationError')""",
            event_id,
        )
        listed = (await run("quarantine")).stdout
        assert "ladder.exhausted" in listed
        assert "ValidationError" in listed
        assert (await run("replay", str(event_id))).exit_code == 0
        state = await connection.fetchrow("SELECT state, attempts FROM event_inbox WHERE event_id = $1", event_id)
        assert tuple(state) == ("pending", 0)
        assert (await run("replay", str(event_id))).exit_code == 2
    finally:
        await connection.close()
