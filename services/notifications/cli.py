"""Notifications' own commands for operators, mounted as `handrail notifications`. They work on the settings' database."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar
from uuid import UUID

import sqlalchemy as sa
import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.adapters.ladder_files import read_ladders
from services.notifications.adapters.tables import event_inbox
from services.notifications.settings import NotificationsSettings
from shared.clock import SystemClock
from shared.database import create_engine, transaction
from shared.inbox import replay

commands = typer.Typer(help="Deliveries and ladders.", no_args_is_help=True)

ResultT = TypeVar("ResultT")


@commands.command()
def ladders() -> None:
    """Check the ladder files and list what they say."""
    table = Table("code", "urgent", "steps", "description")
    book = read_ladders(with_demo=True)
    for code in sorted(book.codes):
        ladder = book.named(code)
        table.add_row(code, "yes" if ladder.urgent else "no", str(len(ladder.steps)), ladder.description)
    Console().print(table)


@commands.command()
def quarantine() -> None:
    """List events that could not be applied."""
    columns = (event_inbox.c.event_id, event_inbox.c.type, event_inbox.c.last_error, event_inbox.c.received_at)
    query = sa.select(*columns).where(event_inbox.c.state == "quarantined").order_by(event_inbox.c.received_at)

    async def read(connection: AsyncConnection) -> list[tuple[str, ...]]:
        return [tuple(str(value) for value in row) for row in await connection.execute(query)]

    table = Table("event", "type", "error", "received")
    for row in asyncio.run(_on_database(read)):
        table.add_row(*row)
    Console().print(table)


@commands.command("replay")
def replay_event(event_id: Annotated[UUID, typer.Argument(help="an id from `quarantine`")]) -> None:
    """Give one of them another round of tries; the next sweep applies it."""

    async def again(connection: AsyncConnection) -> bool:
        return await replay(connection, event_inbox, event_id=event_id, clock=SystemClock())

    if not asyncio.run(_on_database(again)):
        raise typer.BadParameter("no such event is in quarantine")
    Console().print("it will be tried again")


async def _on_database(work: Callable[[AsyncConnection], Awaitable[ResultT]]) -> ResultT:
    settings = NotificationsSettings()
    engine = create_engine(settings.database_url.get_secret_value(), pool_size=1)
    try:
        async with transaction(engine, tenant_id=None) as connection:
            return await work(connection)
    finally:
        await engine.dispose()
