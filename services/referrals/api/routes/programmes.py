"""Programmes."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.referrals.api.dependencies import Administrators, Parts, Staff, actor, once, rendering, respond
from services.referrals.api.directory_schemas import ProgrammeChangeRequest, ProgrammeRequest, ProgrammeView
from services.referrals.api.handoff_dependencies import Walk
from services.referrals.api.pages import PAGE, Cursor, Limit, page, place
from services.referrals.use_cases.browse_directory import list_records, show_record
from services.referrals.use_cases.change_programme import ProgrammeChange, change_programme
from services.referrals.use_cases.register_programme import NewProgramme, register_programme
from shared.contracts.paging import Page
from shared.etags import IfMatch
from shared.idempotency import IdempotencyKey

router = APIRouter()


@router.post("/programmes")
async def post_programme(
    body: ProgrammeRequest, claims: Administrators, parts: Parts, walk: Walk, request: Request, key: IdempotencyKey
) -> Response:
    """Add a programme: 201."""
    by = actor(claims)
    render = rendering(ProgrammeView.model_validate, status=201)
    same = once(request, by, key=key, body=body, render=render)
    made = await register_programme(
        NewProgramme(**dict(body)),
        by=by,
        works=parts.works,
        protocols=walk.protocols,
        clock=parts.clock,
        once=same,
    )
    return respond(render(made))


@router.patch("/programmes/{programme_id}")
async def patch_programme(
    programme_id: UUID,
    body: ProgrammeChangeRequest,
    claims: Administrators,
    parts: Parts,
    walk: Walk,
    request: Request,
    version: IfMatch,
    key: IdempotencyKey,
) -> Response:
    """Change a programme: 200."""
    by = actor(claims)
    render = rendering(ProgrammeView.model_validate, status=200)
    same = once(request, by, key=key, body=body, render=render, version=version)
    changed = await change_programme(
        programme_id,
        ProgrammeChange(**dict(body)),
        by=by,
        version=version,
        works=parts.works,
        protocols=walk.protocols,
        clock=parts.clock,
        once=same,
    )
    return respond(render(changed))


@router.get("/programmes")
async def get_programmes(
    claims: Staff,
    parts: Parts,
    limit: Limit = PAGE,
    cursor: Cursor = None,
    organization_id: Annotated[UUID | None, Query()] = None,
) -> Page[ProgrammeView]:
    """Programmes of the network."""
    by = actor(claims)
    at = place(parts, by, name="programmes", cursor=cursor, limit=limit)
    where = {} if organization_id is None else {"organization_id": organization_id}
    found = await list_records(
        by=by, works=parts.works, shelf=lambda work: work.programmes, where=where, after=at.after, limit=at.reading
    )
    return page(found, at=at, parts=parts, view=ProgrammeView.model_validate)


@router.get("/programmes/{programme_id}")
async def get_programme(programme_id: UUID, claims: Staff, parts: Parts) -> Response:
    """One programme."""
    found = await show_record(programme_id, by=actor(claims), works=parts.works, shelf=lambda work: work.programmes)
    return respond(rendering(ProgrammeView.model_validate, status=200)(found))
