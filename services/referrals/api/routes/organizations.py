"""Organisations."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.referrals.api.dependencies import Administrators, Parts, Staff, actor, once, rendering, respond
from services.referrals.api.directory_schemas import OrganizationRequest, OrganizationView
from services.referrals.api.pages import PAGE, Cursor, Limit, page, place
from services.referrals.use_cases.browse_directory import list_records, show_record
from services.referrals.use_cases.register_organization import register_organization
from shared.contracts.paging import Page
from shared.idempotency import IdempotencyKey

router = APIRouter()


@router.post("/organizations")
async def post_organization(
    body: OrganizationRequest, claims: Administrators, parts: Parts, request: Request, key: IdempotencyKey
) -> Response:
    """Add an organisation: 201."""
    by = actor(claims)
    render = rendering(OrganizationView.model_validate, status=201)
    same = once(request, by, key=key, body=body, render=render)
    made = await register_organization(body.name, by=by, works=parts.works, clock=parts.clock, once=same)
    return respond(render(made))


@router.get("/organizations")
async def get_organizations(
    claims: Staff,
    parts: Parts,
    limit: Limit = PAGE,
    cursor: Cursor = None,
    active: Annotated[bool | None, Query()] = None,
) -> Page[OrganizationView]:
    """Organisations of the network."""
    by = actor(claims)
    at = place(parts, by, name="organizations", cursor=cursor, limit=limit)
    where = {} if active is None else {"active": active}
    found = await list_records(
        by=by, works=parts.works, shelf=lambda work: work.organizations, where=where, after=at.after, limit=at.reading
    )
    return page(found, at=at, parts=parts, view=OrganizationView.model_validate)


@router.get("/organizations/{organization_id}")
async def get_organization(organization_id: UUID, claims: Staff, parts: Parts) -> Response:
    """One organisation."""
    by = actor(claims)
    found = await show_record(organization_id, by=by, works=parts.works, shelf=lambda work: work.organizations)
    return respond(rendering(OrganizationView.model_validate, status=200)(found))
