"""Teams: all of them, and one with its day and its question box."""

import asyncio
from uuid import UUID

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from services.console.api.dependencies import CareTeam, ConsoleParts, Parts, directory_for, texts
from services.console.domain.session import Session
from services.console.use_cases.directory import Directory
from services.console.use_cases.team import Question, ask_who_may, read_team

router = APIRouter()


@router.get("/teams")
async def get_teams(request: Request, session: CareTeam, parts: Parts) -> Response:
    """The visitor's own first."""
    teams, directory = await asyncio.gather(parts.neighbours.teams.teams(session), directory_for(session, parts))
    mine = [one for one in teams if session.worker_id in one.member_worker_ids]
    others = sorted((one for one in teams if one not in mine), key=lambda one: one.name)
    return parts.pages.html(request, "pages/teams.html", directory=directory, mine=mine, others=others)


@router.get("/teams/{team_id}")
async def get_team(team_id: UUID, request: Request, session: CareTeam, parts: Parts) -> Response:
    """Members, and what to talk about today."""
    directory = await directory_for(session, parts)
    return await _shown(team_id, Question(), directory=directory, request=request, by=session, parts=parts)


@router.post("/teams/{team_id}/who-may")
async def post_who_may(team_id: UUID, request: Request, session: CareTeam, parts: Parts) -> Response:
    """Who of this team may do this? Nothing is kept."""
    directory = await directory_for(session, parts)
    question = await ask_who_may(
        team_id, await texts(request), directory=directory, by=session, teams=parts.neighbours.teams
    )
    return await _shown(team_id, question, directory=directory, request=request, by=session, parts=parts)


async def _shown(
    team_id: UUID, question: Question, *, directory: Directory, request: Request, by: Session, parts: ConsoleParts
) -> Response:
    view = await read_team(team_id, directory=directory, by=by, teams=parts.neighbours.teams)
    if view is None:
        raise HTTPException(404)
    status = 422 if question.errors else 200
    return parts.pages.html(
        request,
        "pages/team.html",
        status=status,
        directory=directory,
        view=view,
        question=question,
        team_names={view.team.id: view.team.name},
    )
