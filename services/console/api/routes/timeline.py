"""Who knew what, when; and who would be asked next, and why."""

import asyncio
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.console.api.dependencies import CareTeam, Intake, Parts, directory_for
from services.console.use_cases.timeline import read_timeline

router = APIRouter()


@router.get("/handoffs/{handoff_id}/timeline")
async def get_timeline(handoff_id: UUID, request: Request, session: CareTeam, parts: Parts) -> Response:
    """Drawn, and as a table."""
    view, directory = await asyncio.gather(
        read_timeline(handoff_id, now=parts.pages.now(), by=session, neighbours=parts.neighbours),
        directory_for(session, parts),
    )
    return parts.pages.html(request, "pages/timeline.html", directory=directory, view=view)


@router.get("/handoffs/{handoff_id}/matching")
async def get_matching(handoff_id: UUID, request: Request, session: Intake, parts: Parts) -> Response:
    """Reasons that anybody may read; what is private stays so."""
    neighbours = parts.neighbours
    handoff, matches, directory = await asyncio.gather(
        neighbours.referrals.handoff(handoff_id, by=session),
        neighbours.referring.candidates(handoff_id, by=session),
        directory_for(session, parts),
    )
    return parts.pages.html(request, "pages/matching.html", directory=directory, handoff=handoff, matches=matches)
