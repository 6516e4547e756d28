"""`handrail demo`: the demonstration that confirms itself."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from handrail.demo.api import NotRunning, UnexpectedAnswer
from handrail.demo.performance import perform
from handrail.demo.statements import as_table, assign_statements
from handrail.runtime.state_folder import DEFAULT_STATE, StateFolder
from handrail.service_commands import STATE_VARIABLE
from shared.settings import Profile

commands = typer.Typer(help="The demonstration that confirms itself.", no_args_is_help=True)

State = Annotated[Path, typer.Option("--state", envvar=STATE_VARIABLE, help="Folder that the running system keeps.")]


@commands.callback()
def demo() -> None:
    """The demonstration that confirms itself."""
    if os.environ.get("HANDRAIL_PROFILE") == Profile.PRODUCTION.value:
        sys.stderr.write("the demo's people and passwords do not belong in production\n")
        raise typer.Exit(1)


@commands.command()
def run(
    state: State = DEFAULT_STATE,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON at the end instead of lines as it happens.")
    ] = False,
    tasks: Annotated[
        Path | None, typer.Option("--tasks", exists=True, dir_okay=False, help="Assign each statement of this file.")
    ] = None,
) -> None:
    """Perform the main job, read every effect back; exit code 0 only if all were confirmed."""
    folder = StateFolder(state.resolve())
    say = _to_standard_error if as_json else _to_standard_output
    try:
        if tasks is not None:
            counted = asyncio.run(assign_statements(tasks, state=folder, say=say))
            _to_standard_output(json.dumps(counted) if as_json else as_table(counted))
            return
        story = asyncio.run(perform(folder, say=say))
    except (NotRunning, UnexpectedAnswer, ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(1) from error
    if as_json:
        report = {"all_confirmed": story.all_confirmed, "seconds": round(story.seconds(), 1)}
        _to_standard_output(json.dumps(report | {"steps": [step.as_json() for step in story.steps]}, indent=2))
    raise typer.Exit(0 if story.all_confirmed else 1)


def _to_standard_output(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _to_standard_error(line: str) -> None:
    sys.stderr.write(line + "\n")
