"""The claim board, one referral, and the pages of those steps that ask for words. After `refer.py`, before the steps."""

import asyncio
from collections.abc import Mapping
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.console.api.dependencies import CareTeam, ConsoleParts, Parts, directory_for
from services.console.api.pages import see
from services.console.api.routes.handoffs import note_seen
from services.console.domain.session import CLINICAL, Session
from services.console.use_cases.one_referral import read_referral, read_referral_and_plan
from services.console.use_cases.referral_board import SHELVES, read_board
from services.console.use_cases.referral_step import ENDINGS, FOR_TEAM, PERSON_WORDS, REASONS, WHAT_NEXT

router = APIRouter()

PAGES = {"decline": "reject", "finish": "complete", "close": "close"}
"""Pages that ask for words, and the step that each of them leads to."""
_TEMPLATES = {"decline": "referral_decline", "finish": "referral_finish", "close": "referral_finish"}


@router.get("/referrals")
async def get_board(
    request: Request, session: CareTeam, parts: Parts, show: str = "", before: str | None = None
) -> Response:
    """Mine, my team's, nobody's yet, asked by me; of the last also what is older, page by page."""
    shelf = show if show in SHELVES else ("asked" if session.role in CLINICAL else "mine")
    directory, teams = await asyncio.gather(directory_for(session, parts), parts.neighbours.teams.teams(session))
    board = await read_board(
        shelf,
        now=parts.pages.now(),
        teams=teams,
        directory=directory,
        by=session,
        referring=parts.neighbours.referring,
        cursor=before,
    )
    names = {team.id: team.name for team in teams}
    return parts.pages.html(
        request, "pages/referrals.html", directory=directory, board=board, shelves=SHELVES, team_names=names
    )


@router.get("/referrals/{referral_id}")
async def get_referral(
    referral_id: UUID, request: Request, session: CareTeam, parts: Parts, item: UUID | None = None
) -> Response:
    """Who acts next and by when, what can be done, who sees it, what went before."""
    page, _ = await asyncio.gather(
        show_referral(referral_id, request=request, by=session, parts=parts), note_seen(item, by=session, parts=parts)
    )
    return page


@router.get("/referrals/{referral_id}/{page}")
async def get_words(referral_id: UUID, page: str, request: Request, session: CareTeam, parts: Parts) -> Response:
    """What comes next after a "no", or how it ended."""
    if page not in PAGES:
        return see(f"/referrals/{referral_id}")
    return await show_referral(referral_id, request=request, by=session, parts=parts, page=page)


async def show_referral(
    referral_id: UUID,
    *,
    request: Request,
    by: Session,
    parts: ConsoleParts,
    page: str = "",
    given: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Response:
    """The page, or one of those that ask for words; with what was typed where it could not be taken as it was."""
    referring, teams = parts.neighbours.referring, parts.neighbours.teams
    read = read_referral if page else read_referral_and_plan
    view, directory, known = await asyncio.gather(
        read(referral_id, now=parts.pages.now(), by=by, referring=referring),
        directory_for(by, parts),
        teams.teams(by),
    )
    if page and not view.may(PAGES[page]):
        return see(f"/referrals/{referral_id}", trouble="moved_on")
    form = given if given is not None else dict(request.query_params)
    return parts.pages.html(
        request,
        f"pages/{_TEMPLATES.get(page, 'referral')}.html",
        status=422 if errors else 200,
        directory=directory,
        view=view,
        command=page,
        team_names={team.id: team.name for team in known},
        given={name: form.get(name, "") for name in ("reason", "what_next", "day", "clock", "words", "closing_word")},
        errors=errors or {},
        endings=ENDINGS,
        what_next=WHAT_NEXT,
        reasons={**REASONS, "reject": FOR_TEAM} if view.open_to_my_team else REASONS,
        person_words=PERSON_WORDS,
    )
