"""Every building block on one page, for those who build pages (demo profile only)."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.console.api.dependencies import Parts
from shared.tokens import OPEN_TO_ALL

router = APIRouter()


@router.get("/design", dependencies=[OPEN_TO_ALL])
async def get_design(request: Request, parts: Parts) -> Response:
    """All macros with sample content; no facts of anybody."""
    return parts.pages.html(request, "pages/design.html")
