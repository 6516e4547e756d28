"""`handrail`: start, stop and look after everything on one machine."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from handrail.runtime.state_folder import DEFAULT_STATE, StateFolder
from handrail.service_commands import STATE_VARIABLE, WithServices

application = typer.Typer(
    name="handrail",
    cls=WithServices,
    help="Handrail: care coordination for teams that include peer support specialists.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

State = Annotated[
    Path, typer.Option("--state", envvar=STATE_VARIABLE, help="Folder that holds everything this run keeps.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def _fail(words: str) -> typer.Exit:
    sys.stderr.write(words + "\n")
    return typer.Exit(1)


@application.command()
def up(
    state: State = DEFAULT_STATE,
    detach: Annotated[
        bool, typer.Option("--detach", help="Return when everything is ready; it goes on running.")
    ] = False,
    workers: Annotated[int, typer.Option("--workers", min=1, max=32, help="Processes of each service's worker.")] = 2,
    production: Annotated[
        bool, typer.Option("--production", help="No demo data and no mail sink. Or set HANDRAIL_PROFILE=production.")
    ] = False,
) -> None:
    """Start PostgreSQL, Valkey and every service, and keep them running until Ctrl-C."""
    from handrail.runtime.detached import start_detached
    from handrail.runtime.starting import run_here
    from shared.settings import Profile

    named = Profile.PRODUCTION.value if production else os.environ.get("HANDRAIL_PROFILE", Profile.DEMO.value)
    if named not in list(Profile):
        raise _fail(f"HANDRAIL_PROFILE is `{named}`; it can be {' or '.join(Profile)}")
    profile = Profile(named)
    folder = StateFolder(state.resolve())
    if detach:
        code = start_detached(folder, profile=profile, worker_children=workers, say=_say)
    else:
        code = run_here(folder, profile=profile, worker_children=workers, say=_say)
    raise typer.Exit(code)


@application.command()
def down(state: State = DEFAULT_STATE) -> None:
    """Stop everything that runs on a state folder."""
    from handrail.runtime.detached import StillRunningError, stop_running

    folder = StateFolder(state.resolve())
    try:
        stopped = stop_running(folder)
    except StillRunningError as problem:
        raise _fail(str(problem)) from None
    _say("everything has stopped" if stopped else f"nothing runs on `{folder.root}`")


@application.command()
def status(state: State = DEFAULT_STATE, as_json: Json = False) -> None:
    """How each process stands. Exit code 1 when something is not ready."""
    from dataclasses import asdict

    from handrail.runtime.overview import overview
    from handrail.runtime.process_states import read_status
    from handrail.runtime.waiting_work import waiting_everywhere

    folder = StateFolder(state.resolve())
    found = overview(folder)
    ports = (read_status(folder.status_file) or {}).get("ports", {}) if found.supervisor is not None else {}
    waiting = waiting_everywhere(ports)
    if as_json:
        _say(json.dumps(found.as_json() | {"waiting": [asdict(one) for one in waiting]}, indent=2))
    else:
        _say("\n".join([found.as_text(), *(f"  {one.words}" for one in waiting)]))
    raise typer.Exit(0 if found.all_ready else 1)


@application.command()
def logs(
    name: Annotated[str, typer.Argument(help="Process, as `handrail status` names it; or `supervisor`.")],
    state: State = DEFAULT_STATE,
    lines: Annotated[int, typer.Option("--lines", min=1, help="How many of the last lines.")] = 100,
) -> None:
    """The last lines that a process wrote."""
    from handrail.runtime.log_files import tail

    folder = StateFolder(state.resolve())
    known = sorted(path.stem for path in folder.logs.glob("*.log"))
    if name not in known:
        raise _fail(f"no log of `{name}` in `{folder.logs}`; there are: {', '.join(known) or 'none'}")
    for line in tail(folder.logs / f"{name}.log", lines=lines):
        _say(line)


@application.command()
def doctor(state: State = DEFAULT_STATE, as_json: Json = False) -> None:
    """What is wrong, and how to mend it. Exit code 1 when something is wrong."""
    from handrail.runtime.doctor import examine

    findings = examine(StateFolder(state.resolve()))
    if as_json:
        _say(json.dumps([finding.as_json() for finding in findings], indent=2))
    else:
        for finding in findings:
            _say(finding.as_text())
    raise typer.Exit(1 if any(finding.is_wrong for finding in findings) else 0)


@application.command()
def migrate(state: State = DEFAULT_STATE) -> None:
    """Bring every service's database to its newest version (a start does this by itself)."""
    from handrail.runtime.migrate_services import main as migrate_all
    from handrail.runtime.processes import with_database
    from handrail.service_commands import load_settings

    services = [one.value for one in with_database()]
    for service in services:
        load_settings(service, state=StateFolder(state.resolve()))
        if f"HANDRAIL_{service.upper()}_MIGRATION_DATABASE_URL" not in os.environ:
            raise _fail(f"no database address for `{service}`: start once with `handrail up`, or set its settings")
    migrate_all(services)


@application.command()
def mail(state: State = DEFAULT_STATE, as_json: Json = False) -> None:
    """The mail that the demo's server has received, the oldest first."""
    from handrail.smtp_sink import messages

    received = list(messages(StateFolder(state.resolve()).mail))
    if as_json:
        _say(json.dumps([message.as_json() for message in received], indent=2))
        return
    for message in received:
        _say(f"to {', '.join(message.recipients)}: {message.subject}\n  {message.text.strip()}")


def main() -> None:
    """The console command."""
    application()
