"""Commands for events that could not be applied: every service with an inbox has the same two."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar
from uuid import UUID

import sqlalchemy as sa
import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.clock import SystemClock
from shared.database import create_engine, transaction
from shared.inbox import replay

ResultT = TypeVar("ResultT")


def add_quarantine_commands(to: typer.Typer, *, inbox: sa.Table, database_url: Callable[[], str]) -> None:
    """`quarantine` lists what was set aside, `replay ID` gives one of them another round of tries."""

    @to.command()
    def quarantine() -> None:
        """List events that could not be applied."""
        columns = (inbox.c.event_id, inbox.c.type, inbox.c.last_error, inbox.c.received_at)
        query = sa.select(*columns).where(inbox.c.state == "quarantined").order_by(inbox.c.received_at)

        async def read(connection: AsyncConnection) -> list[tuple[str, ...]]:
            return [tuple(str(value) for value in row) for row in await connection.execute(query)]

        table = Table("event", "type", "error", "received")
        for row in asyncio.run(_on_database(database_url(), read)):
            table.add_row(*row)
        Console().print(table)

    @to.command("replay")
    def replay_event(event_id: Annotated[UUID, typer.Argument(help="an id from `quarantine`")]) -> None:
        """Give one of them another round of tries; the next sweep applies it."""

        async def again(connection: AsyncConnection) -> bool:
            return await replay(connection, inbox, event_id=event_id, clock=SystemClock())

        if not asyncio.run(_on_database(database_url(), again)):
            raise typer.BadParameter("no such event is in quarantine")
        Console().print("it will be tried again")


async def _on_database(url: str, work: Callable[[AsyncConnection], Awaitable[ResultT]]) -> ResultT:
    engine = create_engine(url, pool_size=1)
    try:
        async with transaction(engine, tenant_id=None) as connection:
            return await work(connection)
    finally:
        await engine.dispose()
