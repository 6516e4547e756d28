"""Boundary events: where assignments met the edge of a role, by rule and week."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.console.api.dependencies import Parts, Supervising, directory_for
from services.console.domain.small_numbers import SMALLEST_SHOWN
from services.console.use_cases.boundary import deciding, read_boundary
from services.console.use_cases.decision import DecisionPage

router = APIRouter()


@router.get("/boundary-events")
async def get_boundary(request: Request, session: Supervising, parts: Parts) -> Response:
    """Trend, heat map and list."""
    directory = await directory_for(session, parts)
    view = await read_boundary(session, now=parts.pages.now(), zone=directory.zone(), neighbours=parts.neighbours)
    return parts.pages.html(
        request, "pages/boundary.html", directory=directory, view=view, smallest=SMALLEST_SHOWN, deciding=deciding
    )


@router.get("/boundary-events/{decision_id}")
async def get_decision(decision_id: UUID, request: Request, session: Supervising, parts: Parts) -> Response:
    """One decision: rules, reasons, sources."""
    judgement = await parts.neighbours.scope_guard.decision(decision_id, by=session)
    directory = await directory_for(session, parts)
    return parts.pages.html(request, "pages/decision.html", directory=directory, view=DecisionPage(judgement=judgement))
