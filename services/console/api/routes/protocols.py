"""What happens by when: every protocol in use, and one of them as a line from before leaving to long after."""

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from services.console.api.dependencies import CareTeam, Parts, directory_for
from services.console.use_cases.protocols import by_side, protocols_in_use, read_protocol

router = APIRouter()


@router.get("/protocols")
async def get_protocols(request: Request, session: CareTeam, parts: Parts) -> Response:
    """All that a programme goes by."""
    directory = await directory_for(session, parts)
    found = protocols_in_use(directory)
    return parts.pages.html(request, "pages/protocols.html", directory=directory, protocols=found)


@router.get("/protocols/{code}")
async def get_protocol(code: str, request: Request, session: CareTeam, parts: Parts) -> Response:
    """One, as it is in force today."""
    directory = await directory_for(session, parts)
    view = await read_protocol(code, directory=directory, by=session, teams=parts.neighbours.teams)
    if view is None:
        raise HTTPException(404)
    return parts.pages.html(request, "pages/protocol.html", directory=directory, view=view, by_side=by_side)
