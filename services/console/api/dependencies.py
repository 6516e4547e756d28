"""What routes are given: the parts of the process, and who is signed in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from services.console.api.assets import Assets
from services.console.api.gate import Gate
from services.console.api.pages import Pages
from services.console.domain.session import CARE_TEAM, INTAKE, SUPERVISING, Session
from services.console.use_cases.directory import Directory, read_directory
from services.console.use_cases.ports import Hints, Neighbours
from shared.contracts.codes import AccessRole
from shared.tokens import allow_session


@dataclass(frozen=True, kw_only=True)
class ConsoleParts:
    """The parts that main.py put together."""

    pages: Pages
    assets: Assets
    gate: Gate
    neighbours: Neighbours
    hints: Hints


async def _parts(request: Request) -> ConsoleParts:
    return cast(ConsoleParts, request.app.state.parts)


Parts = Annotated[ConsoleParts, Depends(_parts)]

CareTeam = Annotated[Session, Depends(allow_session(*CARE_TEAM))]
Intake = Annotated[Session, Depends(allow_session(*INTAKE))]
Peer = Annotated[Session, Depends(allow_session(AccessRole.PEER))]
Administering = Annotated[Session, Depends(allow_session(AccessRole.ADMINISTRATOR))]
Supervising = Annotated[Session, Depends(allow_session(*SUPERVISING))]


async def directory_for(by: Session, parts: ConsoleParts) -> Directory:
    """Names for ids."""
    return await read_directory(by, referrals=parts.neighbours.referrals)


async def texts(request: Request) -> Mapping[str, str]:
    """The form's fields; a file is not a text and is left out, of a repeated field the last one counts."""
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str)}


async def chosen(request: Request, name: str) -> tuple[str, ...]:
    """All values of a field that may come several times."""
    form = await request.form()
    return tuple(value for value in form.getlist(name) if isinstance(value, str))


def version_in(form: Mapping[str, str]) -> int:
    """The version that the page was made from; one that was tampered with fits nothing."""
    given = form.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


def key_in(form: Mapping[str, str]) -> str:
    """The key that lets the form happen once."""
    given = form.get("key", "")
    return given if 8 <= len(given) <= 64 and given.isascii() and given.isprintable() else "missing-key"
