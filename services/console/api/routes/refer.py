"""Refer somebody: for whom, to whom, what for. Declared before `/referrals/{referral_id}`."""

import asyncio
from collections.abc import Mapping
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.console.api.dependencies import CareTeam, ConsoleParts, Parts, chosen, directory_for, key_in, texts
from services.console.api.pages import see
from services.console.domain.session import Session
from services.console.domain.told_referral import ReferralLine
from services.console.use_cases.ask_for_task import look_ahead
from services.console.use_cases.ports import Refused, Unreachable
from services.console.use_cases.refer import (
    FIELDS,
    NEEDS,
    TEAM_KINDS,
    check_for_whom,
    check_to_whom,
    check_what_for,
    hint_form,
    open_alike,
    read_referral_answers,
    send_referral,
    with_errors,
)
from services.console.use_cases.refer_refusals import words_for
from services.console.use_cases.room import read_room
from services.console.use_cases.send_handoff import LANGUAGES, PREFERENCES, Answers

router = APIRouter()

STEPS = ("who", "whom", "what")


@router.get("/referrals/new")
async def get_new(
    request: Request,
    session: CareTeam,
    parts: Parts,
    person_id: UUID | None = None,
    programme_id: UUID | None = None,
    team_id: UUID | None = None,
) -> Response:
    """Step one; other pages bring the person, the programme or the team along."""
    given = {"who": "known", "language": "en", "contact_preference": "staff_only", "to": "team"}
    given |= {"person_id": str(person_id)} if person_id else {}
    given |= {"programme_id": str(programme_id)} if programme_id else {}
    given |= {"team_id": str(team_id)} if team_id else {}
    return await _shown("who", Answers(given=given), request=request, by=session, parts=parts)


@router.post("/referrals/new/hint")
async def post_hint(request: Request, session: CareTeam, parts: Parts) -> Response:
    """What the guard would say of the words so far; nothing is kept."""
    answers, attested = read_referral_answers(await texts(request)), await chosen(request, "attested")
    directory, teams = await asyncio.gather(directory_for(session, parts), parts.neighbours.teams.teams(session))
    form = hint_form(answers, teams=teams, directory=directory, attested=attested)
    hint, silent = None, False
    try:
        hint = await look_ahead(form, directory=directory, by=session, neighbours=parts.neighbours)
    except (Unreachable, Refused):
        silent = True
    return parts.pages.html(
        request, "pages/refer.html", block="hint", directory=directory, hint=hint, silent=silent, attested=attested
    )


@router.post("/referrals/new")
async def post_new(request: Request, session: CareTeam, parts: Parts) -> Response:
    """On to the next step, back to an earlier one, or send."""
    form = await texts(request)
    answers = read_referral_answers(form)
    back = form.get("back", "")
    if back in STEPS:
        return await _shown(back, answers, request=request, by=session, parts=parts)
    directory, teams = await asyncio.gather(directory_for(session, parts), parts.neighbours.teams.teams(session))
    wrong = {
        "who": check_for_whom(answers, directory=directory),
        "whom": check_to_whom(answers, teams=teams, directory=directory),
        "what": check_what_for(answers),
    }
    step = form.get("step", "who") if form.get("step") in STEPS else "who"
    for number, name in enumerate(STEPS):
        if name != step and number > STEPS.index(step):
            return await _shown(name, answers, request=request, by=session, parts=parts)
        if wrong[name]:
            return await _shown(name, with_errors(answers, wrong[name]), request=request, by=session, parts=parts)
    alike = None if answers["anyway"] else await open_alike(answers, by=session, referring=parts.neighbours.referring)
    if alike is not None:
        return await _shown("what", answers, request=request, by=session, parts=parts, alike=alike)
    return await _send(answers, form=form, request=request, by=session, parts=parts)


async def _send(
    answers: Answers, *, form: Mapping[str, str], request: Request, by: Session, parts: ConsoleParts
) -> Response:
    neighbours, attested = parts.neighbours, await chosen(request, "attested")
    directory, teams = await asyncio.gather(directory_for(by, parts), neighbours.teams.teams(by))
    try:
        made = await send_referral(
            answers,
            attested=attested,
            key=key_in(form),
            teams=teams,
            directory=directory,
            by=by,
            referrals=neighbours.referrals,
            referring=neighbours.referring,
        )
    except Refused as refused:
        step, errors = words_for(refused)
        return await _shown(step, with_errors(answers, errors), request=request, by=by, parts=parts)
    return see(f"/referrals/{made.id}", done="referral_assigned" if made.status == "accepted" else "referral_sent")


async def _shown(
    step: str,
    answers: Answers,
    *,
    request: Request,
    by: Session,
    parts: ConsoleParts,
    alike: ReferralLine | None = None,
) -> Response:
    referrals, teams = parts.neighbours.referrals, parts.neighbours.teams
    directory, known, people = await asyncio.gather(directory_for(by, parts), teams.teams(by), referrals.people(by))
    programme = next((one for one in directory.active_programmes() if str(one.id) == answers["programme_id"]), None)
    room = await read_room(programme, by=by, teams=teams) if programme and step == "what" else None
    return parts.pages.html(
        request,
        "pages/refer.html",
        status=422 if answers.errors else 200,
        directory=directory,
        step=step,
        number=STEPS.index(step) + 1,
        answers=answers,
        people=sorted(people.items, key=lambda person: person.listed_as),
        person=next((one for one in people.items if str(one.id) == answers["person_id"]), None),
        teams=sorted(known, key=lambda team: team.name),
        fields=FIELDS,
        needs=NEEDS,
        kinds=TEAM_KINDS,
        preferences=PREFERENCES,
        spoken=LANGUAGES,
        alike=alike,
        room=room,
        hint=None,
        silent=False,
        attested=await chosen(request, "attested") if request.method == "POST" else (),
    )
