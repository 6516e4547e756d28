"""The end of a link from a message: it leads its reader, signed in, to what waits, once."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.console.api.dependencies import CareTeam, Parts
from services.console.api.pages import see
from services.console.domain.told import InboxItem
from services.console.use_cases.ports import Refused

router = APIRouter()

_PAGES = {"handoff": "handoffs", "task": "tasks", "referral": "referrals"}
_OVER = {404: "link_unknown", 409: "link_used", 410: "link_expired", 422: "link_unknown"}


@router.get("/claim/{token}")
async def get_claim(token: str, request: Request, session: CareTeam, parts: Parts) -> Response:
    """Whoever is not signed in signs in first, so a program that follows links in letters uses none up."""
    if "prefetch" in (request.headers.get("sec-purpose", "") + request.headers.get("purpose", "")):
        return Response(status_code=503)  # the browser guesses; the link waits for the person
    try:
        item = await parts.neighbours.notifications.claim(token, by=session)
    except Refused as refused:
        if refused.status not in _OVER:
            raise
        return see("/inbox", trouble=_OVER[refused.status])
    return see(_page_of(item))


def _page_of(item: InboxItem) -> str:
    page = _PAGES.get(item.subject_kind)
    return "/inbox" if page is None else f"/{page}/{item.subject_id}?item={item.item_id}"
