"""What a person wishes for in somebody who walks along, written down by staff."""

import asyncio
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.console.api.dependencies import Intake, Parts, chosen
from services.console.api.pages import see

router = APIRouter()


@router.get("/people/{person_id}/wish")
async def get_wish(person_id: UUID, request: Request, session: Intake, parts: Parts) -> Response:
    """What there is to choose from, and what was asked for."""
    person, wish = await asyncio.gather(
        parts.neighbours.referrals.person(person_id, by=session),
        parts.neighbours.matching.wish(person_id, by=session),
    )
    return parts.pages.html(request, "pages/wish.html", person=person, wish=wish)


@router.post("/people/{person_id}/wish")
async def post_wish(person_id: UUID, request: Request, session: Intake, parts: Parts) -> Response:
    """In the place of what was asked for before."""
    await parts.neighbours.matching.record_wish(person_id, await chosen(request, "codes"), by=session)
    return see(f"/people/{person_id}/wish", done="wish")
