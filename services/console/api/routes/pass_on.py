"""A part of what one has taken, asked of somebody else: the page of an intermediary. Before the pages of other steps."""

import asyncio
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.console.api.dependencies import CareTeam, ConsoleParts, Parts, chosen, directory_for, key_in, texts
from services.console.api.pages import see
from services.console.domain.session import Session
from services.console.use_cases.one_referral import ReferralView, read_referral
from services.console.use_cases.pass_on import check_part, first_answers, pass_on, read_part
from services.console.use_cases.ports import Refused
from services.console.use_cases.refer import NEEDS, TEAM_KINDS, with_errors
from services.console.use_cases.refer_refusals import words_for
from services.console.use_cases.send_handoff import Answers

router = APIRouter()


@router.get("/referrals/{referral_id}/pass-on")
async def get_pass_on(referral_id: UUID, request: Request, session: CareTeam, parts: Parts) -> Response:
    """Whom to ask, and what for."""
    view = await _view(referral_id, by=session, parts=parts)
    if not view.may("pass-on"):
        return see(f"/referrals/{referral_id}", trouble="moved_on")
    return await _shown(view, first_answers(view.referral), request=request, parts=parts)


@router.post("/referrals/{referral_id}/pass-on")
async def post_pass_on(referral_id: UUID, request: Request, session: CareTeam, parts: Parts) -> Response:
    """Ask them."""
    form, attested = await texts(request), await chosen(request, "attested")
    view, directory, teams = await asyncio.gather(
        _view(referral_id, by=session, parts=parts),
        directory_for(session, parts),
        parts.neighbours.teams.teams(session),
    )
    if not view.may("pass-on"):
        return see(f"/referrals/{referral_id}", trouble="moved_on")
    answers = read_part(form, referral=view.referral)
    if errors := check_part(answers, teams=teams, directory=directory):
        return await _shown(view, with_errors(answers, errors), request=request, parts=parts)
    try:
        made = await pass_on(
            view.referral,
            answers,
            attested=attested,
            key=key_in(form),
            teams=teams,
            directory=directory,
            by=session,
            referring=parts.neighbours.referring,
        )
    except Refused as refused:
        if refused.code in ("illegal_move", "not_yours", "not_found"):
            return see(f"/referrals/{referral_id}", trouble="moved_on")
        _, errors = words_for(refused)
        return await _shown(view, with_errors(answers, errors), request=request, parts=parts)
    return see(f"/referrals/{made.id}", done="referral_assigned" if made.status == "accepted" else "referral_sent")


async def _view(referral_id: UUID, *, by: Session, parts: ConsoleParts) -> ReferralView:
    return await read_referral(referral_id, now=parts.pages.now(), by=by, referring=parts.neighbours.referring)


async def _shown(view: ReferralView, answers: Answers, *, request: Request, parts: ConsoleParts) -> Response:
    directory, teams = await asyncio.gather(directory_for(view.by, parts), parts.neighbours.teams.teams(view.by))
    return parts.pages.html(
        request,
        "pages/referral_pass_on.html",
        status=422 if answers.errors else 200,
        directory=directory,
        view=view,
        answers=answers,
        teams=sorted(teams, key=lambda team: team.name),
        kinds=TEAM_KINDS,
        needs=NEEDS,
    )
