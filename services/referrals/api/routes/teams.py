"""Teams and their members."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.referrals.api.dependencies import Parts, Staff, Supervising, actor, once, rendering, respond
from services.referrals.api.directory_schemas import TeamMembersRequest, TeamRequest, TeamView, TeamWithMembersView
from services.referrals.api.pages import PAGE, Cursor, Limit, page, place
from services.referrals.use_cases.browse_directory import list_records, show_team
from services.referrals.use_cases.change_team_members import change_team_members
from services.referrals.use_cases.form_team import form_team
from shared.contracts.paging import Page
from shared.etags import IfMatch
from shared.idempotency import IdempotencyKey

router = APIRouter()


@router.post("/teams")
async def post_team(
    body: TeamRequest, claims: Supervising, parts: Parts, request: Request, key: IdempotencyKey
) -> Response:
    """Form a team: 201."""
    by = actor(claims)
    render = rendering(TeamWithMembersView.of, status=201)
    same = once(request, by, key=key, body=body, render=render)
    formed = await form_team(
        body.name,
        organization_id=body.organization_id,
        members=body.member_worker_ids,
        by=by,
        works=parts.works,
        clock=parts.clock,
        once=same,
    )
    return respond(render(formed))


@router.post("/teams/{team_id}/members")
async def post_team_members(
    team_id: UUID,
    body: TeamMembersRequest,
    claims: Supervising,
    parts: Parts,
    request: Request,
    version: IfMatch,
    key: IdempotencyKey,
) -> Response:
    """Let workers join and leave: 200 with the team as it is then."""
    by = actor(claims)
    render = rendering(TeamWithMembersView.of, status=200)
    same = once(request, by, key=key, body=body, render=render, version=version)
    changed = await change_team_members(
        team_id,
        joining=body.joining,
        leaving=body.leaving,
        by=by,
        version=version,
        works=parts.works,
        clock=parts.clock,
        once=same,
    )
    return respond(render(changed))


@router.get("/teams")
async def get_teams(claims: Staff, parts: Parts, limit: Limit = PAGE, cursor: Cursor = None) -> Page[TeamView]:
    """Teams of the network."""
    by = actor(claims)
    at = place(parts, by, name="teams", cursor=cursor, limit=limit)
    found = await list_records(
        by=by, works=parts.works, shelf=lambda work: work.teams, where={}, after=at.after, limit=at.reading
    )
    return page(found, at=at, parts=parts, view=TeamView.model_validate)


@router.get("/teams/{team_id}")
async def get_team(team_id: UUID, claims: Staff, parts: Parts) -> Response:
    """A team and the ids of its workers."""
    found = await show_team(team_id, by=actor(claims), works=parts.works)
    return respond(rendering(TeamWithMembersView.of, status=200)(found))
