"""Referrals' own commands for operators, mounted as `handrail referrals`. They work on the settings' database."""

import asyncio

import typer
from rich.console import Console
from rich.table import Table

from services.referrals.adapters.invariants import INVARIANTS, Violation, examine
from services.referrals.adapters.tables import inbox
from services.referrals.cli import directory
from services.referrals.settings import ReferralsSettings
from shared.database import create_engine
from shared.quarantine import add_quarantine_commands

commands = typer.Typer(help="What must always hold of people, tasks and handoffs.", no_args_is_help=True)
commands.add_typer(directory.commands, name="directory")


@commands.callback()
def _referrals() -> None:
    """Commands on this service's database."""


@commands.command()
def invariants() -> None:
    """Check on the live database what must always hold; exit 1 with the ids of what does not."""
    found = asyncio.run(_examined())
    table = Table("invariant", "holds", "what is wrong (ids)")
    for invariant in INVARIANTS:
        wrong = [one for one in found if one.code == invariant.code]
        ids = ", ".join(str(one.subject_id) for one in wrong)
        table.add_row(f"{invariant.code}: {invariant.says}", "no" if wrong else "yes", ids)
    Console().print(table)
    if found:
        raise typer.Exit(1)


def _database_url() -> str:
    return ReferralsSettings().database_url.get_secret_value()


add_quarantine_commands(commands, inbox=inbox, database_url=_database_url)


async def _examined() -> list[Violation]:
    engine = create_engine(_database_url(), pool_size=1)
    try:
        return await examine(engine)
    finally:
        await engine.dispose()
