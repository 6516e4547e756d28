"""The directory of help: search it, look at a service, an organisation or a place, and refer from there.

What is looked for travels in the body of a form: words that say what somebody needs belong in no address.
"""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.console.api.dependencies import Administering, CareTeam, ConsoleParts, Parts, key_in, texts
from services.console.api.pages import see
from services.console.domain.help_hours import hours
from services.console.domain.session import Session
from services.console.domain.told_help import HelpFound
from services.console.use_cases.find_help import SPOKEN, Wanted, read_referable, read_wanted, web_address
from services.console.use_cases.ports import Refused
from shared.contracts.paging import Page

router = APIRouter()


@router.get("/directory")
async def get_directory(request: Request, session: CareTeam, parts: Parts) -> Response:
    """An empty search."""
    return _found(Wanted(given={}), None, request=request, parts=parts)


@router.post("/directory")
async def post_search(request: Request, session: CareTeam, parts: Parts) -> Response:
    """What fits, thirty at once."""
    form = await texts(request)
    wanted = read_wanted(form)
    page = await parts.neighbours.help.search(wanted.given, cursor=form.get("cursor") or None, by=session)
    return _found(wanted, page, request=request, parts=parts)


@router.get("/directory/services/{entry_id}")
async def get_service(entry_id: UUID, request: Request, session: CareTeam, parts: Parts) -> Response:
    """One service with hours, eligibility and places."""
    service = await parts.neighbours.help.service(entry_id, by=session)
    offered_by = service.organization.id if service.organization else None
    return await _one("service", service, organization_id=offered_by, request=request, by=session, parts=parts)


@router.get("/directory/organizations/{entry_id}")
async def get_organization(entry_id: UUID, request: Request, session: CareTeam, parts: Parts) -> Response:
    """One organisation with its services and places."""
    organization = await parts.neighbours.help.organization(entry_id, by=session)
    return await _one("organization", organization, organization_id=entry_id, request=request, by=session, parts=parts)


@router.get("/directory/locations/{entry_id}")
async def get_location(entry_id: UUID, request: Request, session: CareTeam, parts: Parts) -> Response:
    """One place with addresses and hours."""
    location = await parts.neighbours.help.location(entry_id, by=session)
    return await _one("location", location, organization_id=None, request=request, by=session, parts=parts)


@router.post("/directory/organizations/{entry_id}/partner")
async def post_partner(entry_id: UUID, request: Request, session: Administering, parts: Parts) -> Response:
    """From now on it can be referred to."""
    form, page = await texts(request), f"/directory/organizations/{entry_id}"
    try:
        await parts.neighbours.help.make_partner(entry_id, key=key_in(form), by=session)
    except Refused as refused:
        if refused.status != 409:
            raise
        return see(page, trouble="moved_on")
    return see(page, done="partner")


def _found(wanted: Wanted, page: Page[HelpFound] | None, *, request: Request, parts: ConsoleParts) -> Response:
    return parts.pages.html(request, "pages/directory.html", wanted=wanted, found=page, spoken=SPOKEN)


async def _one(
    kind: str, thing: object, *, organization_id: UUID | None, request: Request, by: Session, parts: ConsoleParts
) -> Response:
    words = parts.pages.words_for(request)
    return parts.pages.html(
        request,
        f"pages/help_{kind}.html",
        one=thing,
        referable=await read_referable(organization_id, by=by, neighbours=parts.neighbours),
        web_address=web_address,
        hours=lambda schedule: hours(schedule, words=words),
    )
