"""Commands for those who write protocols, mounted as `handrail protocol`: no running service needed."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from services.referrals.adapters.protocol_files import load_protocols, read_protocol
from services.referrals.domain.protocol_checks import ProtocolInvalid
from services.referrals.domain.protocol_drawing import draw

commands = typer.Typer(help="Show and check what must happen by when.", no_args_is_help=True)


@commands.command()
def show(name: Annotated[str, typer.Argument(help="the code of a protocol, such as `standard_ed`")]) -> None:
    """Draw every version of a protocol as a timeline."""
    shelf = load_protocols(allow_demo=True)
    found = [protocol for protocol in shelf.all if protocol.code == name]
    if not found:
        raise typer.BadParameter(f"there is no `{name}`; there are: {', '.join(shelf.codes)}")
    for protocol in found:
        for line in draw(protocol):
            _say(line)


@commands.command()
def check(file: Annotated[Path, typer.Argument(help="a protocol file", exists=True, dir_okay=False)]) -> None:
    """Say what is wrong with a protocol file, by its keys; exit 1 when something is."""
    try:
        protocol = read_protocol(file)
    except ProtocolInvalid as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(1) from None
    _say(f"`{file.name}` is good: {protocol.code} {protocol.version} with {len(protocol.milestones)} milestones")


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
