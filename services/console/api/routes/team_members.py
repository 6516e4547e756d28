"""Form a team, and say who joins it and who leaves it."""

import asyncio
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.console.api.dependencies import (
    ConsoleParts,
    Parts,
    Supervising,
    chosen,
    directory_for,
    key_in,
    texts,
    version_in,
)
from services.console.api.pages import see
from services.console.domain.session import Session
from services.console.use_cases.directory import Directory
from services.console.use_cases.ports import Refused
from services.console.use_cases.team_form import (
    MembersForm,
    MembersPage,
    TeamForm,
    members_page,
    read_members_form,
    read_team_form,
    wrong_in_members,
    wrong_in_team,
)

router = APIRouter()


@router.get("/teams/new")
async def get_team_form(request: Request, session: Supervising, parts: Parts) -> Response:
    """A name, and whose team it is: one's own organisation, unless another is chosen."""
    directory = await directory_for(session, parts)
    form = TeamForm(organization_id=directory.organization_of(session.worker_id))
    return await _new_team(form, request=request, by=session, parts=parts)


@router.post("/teams/new")
async def post_team(request: Request, session: Supervising, parts: Parts) -> Response:
    """Form it, and on to who is in it."""
    given = await texts(request)
    organizations = await parts.neighbours.consents.organizations(session)
    form = read_team_form(given, organizations=organizations)
    if form.organization_id is not None and not form.errors:
        try:
            formed = await parts.neighbours.administration.form_team(
                form.name, organization_id=form.organization_id, key=key_in(given), by=session
            )
        except Refused as refused:
            form = TeamForm(name=form.name, organization_id=form.organization_id, errors=wrong_in_team(refused))
            return await _new_team(form, request=request, by=session, parts=parts, status=refused.status)
        return see(f"/teams/{formed.id}/members", done="team_formed")
    return await _new_team(form, request=request, by=session, parts=parts, status=422)


@router.get("/teams/{team_id}/members")
async def get_members(team_id: UUID, request: Request, session: Supervising, parts: Parts) -> Response:
    """Who is in it now, and who could be."""
    page, directory = await _open(team_id, by=session, parts=parts)
    return parts.pages.html(request, "pages/team_members.html", directory=directory, view=page, form=MembersForm())


@router.post("/teams/{team_id}/members")
async def post_members(team_id: UUID, request: Request, session: Supervising, parts: Parts) -> Response:
    """Let some join and some leave. If it changed in the meantime, the page shows it as it is now, with the same ticks."""
    given, (page, directory) = await texts(request), await _open(team_id, by=session, parts=parts)
    form = read_members_form(await chosen(request, "joining"), await chosen(request, "leaving"), page=page)
    status = 422
    if not form.errors:
        try:
            await parts.neighbours.administration.change_members(
                team_id,
                joining=sorted(form.joining),
                leaving=sorted(form.leaving),
                version=version_in(given),
                key=key_in(given),
                by=session,
            )
        except Refused as refused:
            form, status = (
                MembersForm(joining=form.joining, leaving=form.leaving, errors=wrong_in_members(refused)),
                refused.status,
            )
        else:
            return see(f"/teams/{team_id}/members", done="members")
    return parts.pages.html(
        request, "pages/team_members.html", status=status, directory=directory, view=page, form=form
    )


async def _new_team(
    form: TeamForm, *, request: Request, by: Session, parts: ConsoleParts, status: int = 200
) -> Response:
    organizations = await parts.neighbours.consents.organizations(by)
    return parts.pages.html(
        request,
        "pages/team_new.html",
        status=status,
        form=form,
        organizations=sorted((one for one in organizations if one.active), key=lambda one: one.name),
    )


async def _open(team_id: UUID, *, by: Session, parts: ConsoleParts) -> tuple[MembersPage, Directory]:
    team, directory = await asyncio.gather(
        parts.neighbours.administration.team(team_id, by=by), directory_for(by, parts)
    )
    return members_page(team, directory=directory), directory
