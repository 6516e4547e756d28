"""Who knows whom from elsewhere: declared by peers for themselves, or by supervisors of the programme; seen by nobody else."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.referrals.api.dependencies import Parts, actor, once, rendering, respond
from services.referrals.api.matching_dependencies import Peers, PeersAndSupervisors, Supervisors
from services.referrals.api.matching_schemas import (
    NotedRelationshipView,
    OwnRelationshipRequest,
    RelationshipRequest,
    RelationshipView,
)
from services.referrals.api.pages import PAGE, Cursor, Limit, page, place
from services.referrals.api.referral_dependencies import Refer
from services.referrals.use_cases.declare_dual_relationship import Declared, declare_dual_relationship
from services.referrals.use_cases.end_dual_relationship import end_dual_relationship
from services.referrals.use_cases.list_dual_relationships import list_dual_relationships
from shared.contracts.paging import Page
from shared.etags import IfMatch
from shared.idempotency import IdempotencyKey

router = APIRouter()


@router.post("/workers/me/dual-relationships")
async def post_own(
    body: OwnRelationshipRequest, claims: Peers, parts: Parts, refer: Refer, request: Request, key: IdempotencyKey
) -> Response:
    """I know this person from elsewhere: 201."""
    by, render = (
        actor(claims),
        rendering(NotedRelationshipView.of, status=201, version=lambda noted: noted.entry.version),
    )
    same = once(request, by, key=key, body=body, render=render)
    declared = Declared(**dict(body), worker_id=by.acting_worker())
    made = await declare_dual_relationship(
        declared,
        by=by,
        works=refer.conflicts,
        rules=refer.tools.rules,
        patience=parts.patience,
        clock=parts.clock,
        once=same,
    )
    return respond(render(made))


@router.post("/programmes/{programme_id}/dual-relationships")
async def post_for_worker(
    programme_id: UUID,
    body: RelationshipRequest,
    claims: Supervisors,
    parts: Parts,
    refer: Refer,
    request: Request,
    key: IdempotencyKey,
) -> Response:
    """A worker knows this person from elsewhere: 201."""
    by, render = (
        actor(claims),
        rendering(NotedRelationshipView.of, status=201, version=lambda noted: noted.entry.version),
    )
    same = once(request, by, key=key, body=body, render=render)
    declared = Declared(programme_id=programme_id, **dict(body))
    made = await declare_dual_relationship(
        declared,
        by=by,
        works=refer.conflicts,
        rules=refer.tools.rules,
        patience=parts.patience,
        clock=parts.clock,
        once=same,
    )
    return respond(render(made))


@router.get("/workers/me/dual-relationships")
async def get_own(claims: Peers, parts: Parts, limit: Limit = PAGE, cursor: Cursor = None) -> Page[RelationshipView]:
    """The caller's own entries."""
    by = actor(claims)
    at = place(parts, by, name="own_dual_relationships", cursor=cursor, limit=limit)
    found = await list_dual_relationships(programme_id=None, by=by, works=parts.works, after=at.after, limit=at.reading)
    return page(found, at=at, parts=parts, view=RelationshipView.model_validate)


@router.get("/programmes/{programme_id}/dual-relationships")
async def get_of_programme(
    programme_id: UUID, claims: Supervisors, parts: Parts, limit: Limit = PAGE, cursor: Cursor = None
) -> Page[RelationshipView]:
    """The programme's entries, for its supervisors."""
    by = actor(claims)
    at = place(parts, by, name="dual_relationships", cursor=cursor, limit=limit)
    found = await list_dual_relationships(
        programme_id=programme_id, by=by, works=parts.works, after=at.after, limit=at.reading
    )
    return page(found, at=at, parts=parts, view=RelationshipView.model_validate)


@router.post("/dual-relationships/{entry_id}/end")
async def post_end(
    entry_id: UUID,
    claims: PeersAndSupervisors,
    parts: Parts,
    request: Request,
    version: IfMatch,
    key: IdempotencyKey,
) -> Response:
    """It no longer counts: 200."""
    by, render = actor(claims), rendering(RelationshipView.model_validate, status=200)
    same = once(request, by, key=key, body=None, render=render, version=version)
    ended = await end_dual_relationship(
        entry_id, by=by, version=version, works=parts.works, clock=parts.clock, once=same
    )
    return respond(render(ended))
