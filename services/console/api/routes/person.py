"""One person on their way, for those who send and supervise."""

import asyncio
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.console.api.dependencies import Intake, Parts, directory_for
from services.console.use_cases.person import read_person

router = APIRouter()


@router.get("/handoffs/{handoff_id}/person")
async def get_person(handoff_id: UUID, request: Request, session: Intake, parts: Parts) -> Response:
    """Custody in plain words, clocks, timeline, tasks."""
    view, directory = await asyncio.gather(
        read_person(handoff_id, by=session, neighbours=parts.neighbours), directory_for(session, parts)
    )
    return parts.pages.html(request, "pages/person.html", directory=directory, view=view, team_names=view.team_names)
