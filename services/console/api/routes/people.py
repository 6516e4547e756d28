"""People I support."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.console.api.dependencies import CareTeam, Parts, directory_for
from services.console.use_cases.people import read_people

router = APIRouter()


@router.get("/people")
async def get_people(request: Request, session: CareTeam, parts: Parts) -> Response:
    """First name and initial, and one tap to log a contact."""
    view = await read_people(session, referrals=parts.neighbours.referrals)
    directory = await directory_for(session, parts)
    return parts.pages.html(request, "pages/people.html", directory=directory, view=view)
