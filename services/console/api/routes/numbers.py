"""Numbers for those who answer for how it goes, and who will miss a follow-up soon."""

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.console.api.dependencies import Intake, Parts, Supervising, directory_for
from services.console.api.pages import see
from services.console.domain.small_numbers import SMALLEST_SHOWN
from services.console.use_cases.at_risk import read_at_risk
from services.console.use_cases.how_it_goes import part_of, read_numbers
from services.console.use_cases.ports import Refused

router = APIRouter()


@router.get("/numbers")
async def get_numbers(request: Request, session: Supervising, parts: Parts) -> Response:
    """Of the whole network or one programme, in a period or in the usual ones."""
    asked = request.query_params
    programme_id, first, last = _id(asked.get("programme_id")), _day(asked.get("from")), _day(asked.get("to"))
    try:
        view = await read_numbers(
            session,
            programme_id=programme_id,
            first=first,
            last=last,
            now=parts.pages.now(),
            neighbours=parts.neighbours,
        )
    except Refused as refused:
        if refused.status != 422:
            raise
        return see("/numbers", trouble="period")
    directory = await directory_for(session, parts)
    return parts.pages.html(
        request,
        "pages/numbers.html",
        directory=directory,
        view=view,
        part_of=part_of,
        first=first,
        last=last,
        smallest=SMALLEST_SHOWN,
    )


@router.get("/numbers/at-risk")
async def get_at_risk(request: Request, session: Intake, parts: Parts) -> Response:
    """Clocks that run out by Friday, or by a day, and what would meet them."""
    asked = request.query_params
    programme_id, until = _id(asked.get("programme_id")), _day(asked.get("by"))
    try:
        view = await read_at_risk(session, programme_id=programme_id, until=until, neighbours=parts.neighbours)
    except Refused as refused:
        if refused.status != 422:
            raise
        return see("/numbers/at-risk", trouble="period")
    directory = await directory_for(session, parts)
    return parts.pages.html(
        request, "pages/at_risk.html", directory=directory, view=view, programme_id=programme_id, until=until
    )


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
