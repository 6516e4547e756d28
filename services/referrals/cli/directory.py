"""Taking an HSDS file into the directory of help, mounted as `handrail referrals directory`."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table

from services.referrals.adapters.unit_of_work import PostgresWorks
from services.referrals.domain.directory_reading import DocumentRefused
from services.referrals.domain.errors import NotFound
from services.referrals.settings import ReferralsSettings
from services.referrals.use_cases.import_directory import Imported, import_directory
from shared.clock import SystemClock
from shared.database import create_engine

commands = typer.Typer(help="The directory of help around us.", no_args_is_help=True)


@commands.callback()
def _directory() -> None:
    """Commands on the directory of help."""


@commands.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="HSDS 3 as JSON", exists=True, dir_okay=False)],
    tenant: Annotated[UUID, typer.Option(help="the network that it is for")],
) -> None:
    """Take all of a file or nothing of it; exit 1 with the places that are wrong."""
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        done = asyncio.run(_imported(document, tenant=tenant))
    except (DocumentRefused, NotFound, ValueError) as error:
        sys.stderr.write(f"nothing was taken: {error}\n")
        raise typer.Exit(1) from None
    _report(done)


async def _imported(document: Any, *, tenant: UUID) -> Imported:
    engine = create_engine(ReferralsSettings().database_url.get_secret_value(), pool_size=1)
    try:
        works = PostgresWorks(engine, after_commit=lambda: None)
        return await import_directory(document, tenant_id=tenant, works=works, clock=SystemClock())
    finally:
        await engine.dispose()


def _report(done: Imported) -> None:
    console = Console()
    table = Table("kind", "read", "new or changed")
    for kind, number in done.read.items():
        if number:
            table.add_row(kind.replace("_", " "), str(number), str(done.changed[kind]))
    console.print(table)
    left = Table("left out", "why", "times")
    for (what, why), times in sorted(done.left_out.items()):
        left.add_row(what, why, str(times))
    if done.left_out:
        console.print(left)
