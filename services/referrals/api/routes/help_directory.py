"""The directory of help around us, in the shape of Open Referral HSDS."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import ConfigDict

from services.referrals.api.dependencies import Administrators, Parts, Staff, actor, once, rendering, respond
from services.referrals.api.directory_schemas import OrganizationView
from services.referrals.api.fields import Line, View
from services.referrals.api.pages import PAGE, Cursor, Limit, page, place
from services.referrals.use_cases.browse_help import list_help_organizations, search_services, show_help
from services.referrals.use_cases.directory_book_ports import Entry, ServiceSearch
from services.referrals.use_cases.take_in_partner import take_in_partner
from shared.contracts.paging import Page
from shared.idempotency import IdempotencyKey

router = APIRouter()


class HelpView(View):
    """A thing of HSDS: the fields are those of `domain/directory_kinds.py`, unknown ones are left out."""

    model_config = ConfigDict(frozen=True, extra="allow")

    id: UUID

    @classmethod
    def of(cls, entry: Entry) -> "HelpView":
        """As it is."""
        return cls.model_validate(dict(entry.content))


@router.get("/directory/services")
async def get_services(
    claims: Staff,
    parts: Parts,
    limit: Limit = PAGE,
    cursor: Cursor = None,
    search: Annotated[Line | None, Query()] = None,
    taxonomy_term: Annotated[Line | None, Query()] = None,
    language: Annotated[Line | None, Query()] = None,
    near: Annotated[Line | None, Query()] = None,
) -> Page[HelpView]:
    """Services with their organisation; `near` is the beginning of a postal code, the others are words or codes."""
    by = actor(claims)
    at = place(parts, by, name="help_services", cursor=cursor, limit=limit)
    wanted = ServiceSearch(text=search, taxonomy_term=taxonomy_term, language=language, near=near)
    found = await search_services(wanted, by=by, works=parts.works, after=at.after, limit=at.reading)
    return page(found, at=at, parts=parts, view=HelpView.of)


@router.get("/directory/organizations")
async def get_organizations(claims: Staff, parts: Parts, limit: Limit = PAGE, cursor: Cursor = None) -> Page[HelpView]:
    """Organisations."""
    by = actor(claims)
    at = place(parts, by, name="help_organizations", cursor=cursor, limit=limit)
    found = await list_help_organizations(by=by, works=parts.works, after=at.after, limit=at.reading)
    return page(found, at=at, parts=parts, view=HelpView.of)


@router.get("/directory/services/{entry_id}")
async def get_service(entry_id: UUID, claims: Staff, parts: Parts) -> dict[str, Any]:
    """A service with places, hours, telephones, languages, capacity and codes."""
    return dict((await show_help("service", entry_id, by=actor(claims), works=parts.works)).content)


@router.get("/directory/organizations/{entry_id}")
async def get_organization(entry_id: UUID, claims: Staff, parts: Parts) -> dict[str, Any]:
    """An organisation with its services and places."""
    return dict((await show_help("organization", entry_id, by=actor(claims), works=parts.works)).content)


@router.get("/directory/locations/{entry_id}")
async def get_location(entry_id: UUID, claims: Staff, parts: Parts) -> dict[str, Any]:
    """A place with addresses, hours and how accessible it is."""
    return dict((await show_help("location", entry_id, by=actor(claims), works=parts.works)).content)


@router.post("/directory/organizations/{entry_id}/partner")
async def post_partner(
    entry_id: UUID, claims: Administrators, parts: Parts, request: Request, key: IdempotencyKey
) -> Response:
    """Make it a partner whose workers and teams can be referred to: 201."""
    by, render = actor(claims), rendering(OrganizationView.model_validate, status=201)
    same = once(request, by, key=key, body=None, render=render)
    return respond(render(await take_in_partner(entry_id, by=by, works=parts.works, clock=parts.clock, once=same)))
