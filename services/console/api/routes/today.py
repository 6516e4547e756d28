"""Today: unanswered, oldest first."""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.console.api.dependencies import Parts, Supervising, directory_for
from services.console.use_cases.today import read_today

router = APIRouter()


@router.get("/today")
async def get_today(request: Request, session: Supervising, parts: Parts) -> Response:
    """What waits, and what went well."""
    view, directory = await asyncio.gather(
        read_today(session, now=parts.pages.now(), referrals=parts.neighbours.referrals),
        directory_for(session, parts),
    )
    return parts.pages.html(request, "pages/today.html", directory=directory, view=view)
