"""Notifications' own commands for operators, mounted as `handrail notifications`. They work on the settings' database."""

import typer
from rich.console import Console
from rich.table import Table

from services.notifications.adapters.ladder_files import read_ladders
from services.notifications.adapters.tables import event_inbox
from services.notifications.settings import NotificationsSettings
from shared.quarantine import add_quarantine_commands

commands = typer.Typer(help="Deliveries and ladders.", no_args_is_help=True)


@commands.command()
def ladders() -> None:
    """Check the ladder files and list what they say."""
    table = Table("code", "urgent", "steps", "description")
    book = read_ladders(with_demo=True)
    for code in sorted(book.codes):
        ladder = book.named(code)
        table.add_row(code, "yes" if ladder.urgent else "no", str(len(ladder.steps)), ladder.description)
    Console().print(table)


def _database_url() -> str:
    return NotificationsSettings().database_url.get_secret_value()


add_quarantine_commands(commands, inbox=event_inbox, database_url=_database_url)
