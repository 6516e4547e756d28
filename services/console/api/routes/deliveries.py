"""What was sent, what was not, and whether it will be tried again."""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.console.api.dependencies import Parts, Supervising, directory_for

router = APIRouter()

SHELVES = ("failed", "retry", "delivered", "suppressed")


@router.get("/deliveries")
async def get_deliveries(
    request: Request, session: Supervising, parts: Parts, state: str = "", after: str | None = None
) -> Response:
    """Newest first; a shelf of them where one is chosen."""
    shelf = state if state in SHELVES else ""
    page, directory = await asyncio.gather(
        parts.neighbours.notifications.deliveries(session, state=shelf or None, limit=20, cursor=after),
        directory_for(session, parts),
    )
    return parts.pages.html(
        request,
        "pages/deliveries.html",
        directory=directory,
        items=page.items,
        next_cursor=page.next_cursor,
        shelf=shelf,
        shelves=SHELVES,
    )
