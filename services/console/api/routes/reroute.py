"""The same need, to somebody else: after a "no", while nobody answers, or for a draft that has no recipient yet."""

import asyncio
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.console.api.dependencies import CareTeam, ConsoleParts, Parts, directory_for, key_in, texts, version_in
from services.console.api.pages import see
from services.console.domain.session import Session
from services.console.use_cases.one_referral import read_referral
from services.console.use_cases.ports import Refused
from services.console.use_cases.refer import check_to_whom, read_referral_answers, recipient_of, with_errors
from services.console.use_cases.refer_refusals import words_for
from services.console.use_cases.send_handoff import Answers

router = APIRouter()


@router.get("/referrals/{referral_id}/reroute")
async def get_reroute(referral_id: UUID, request: Request, session: CareTeam, parts: Parts) -> Response:
    """Whom to ask instead."""
    return await _shown(referral_id, Answers(given={"to": "team"}), request=request, by=session, parts=parts)


@router.post("/referrals/{referral_id}/reroute")
async def post_reroute(referral_id: UUID, request: Request, session: CareTeam, parts: Parts) -> Response:
    """Ask them."""
    form = await texts(request)
    view = await read_referral(referral_id, now=parts.pages.now(), by=session, referring=parts.neighbours.referring)
    own = {"kind": view.referral.kind, "programme_id": str(view.referral.programme_id)}
    answers = read_referral_answers({**form, **own})
    directory, teams = await asyncio.gather(directory_for(session, parts), parts.neighbours.teams.teams(session))
    if errors := check_to_whom(answers, teams=teams, directory=directory):
        return await _shown(referral_id, with_errors(answers, errors), request=request, by=session, parts=parts)
    body = recipient_of(answers, teams=teams, directory=directory)
    body.pop("kind")
    version, key = version_in(form), key_in(form)
    try:
        if view.may("request"):
            referring = parts.neighbours.referring
            await referring.step(referral_id, "request", body=body, version=version, key=key, by=session)
            return see(f"/referrals/{referral_id}", done="referral_sent")
        made = await parts.neighbours.referring.reroute(referral_id, body=body, version=version, key=key, by=session)
    except Refused as refused:
        if refused.status in (409, 412) and refused.code not in ("out_of_scope", "not_permitted_yet"):
            return see(f"/referrals/{referral_id}", trouble="moved_on")
        _, errors = words_for(refused)
        return await _shown(referral_id, with_errors(answers, errors), request=request, by=session, parts=parts)
    return see(f"/referrals/{made.id}", done="referral_sent")


async def _shown(
    referral_id: UUID, answers: Answers, *, request: Request, by: Session, parts: ConsoleParts
) -> Response:
    view, directory, teams = await asyncio.gather(
        read_referral(referral_id, now=parts.pages.now(), by=by, referring=parts.neighbours.referring),
        directory_for(by, parts),
        parts.neighbours.teams.teams(by),
    )
    if not view.may("reroute", "request"):
        return see(f"/referrals/{referral_id}", trouble="moved_on")
    return parts.pages.html(
        request,
        "pages/referral_reroute.html",
        status=422 if answers.errors else 200,
        directory=directory,
        view=view,
        answers=answers,
        teams=sorted(teams, key=lambda team: team.name),
        kinds=(),
    )
