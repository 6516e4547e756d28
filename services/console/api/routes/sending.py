"""Send a handoff: who, from where and when, check and send. Declared before `/handoffs/{handoff_id}`."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.console.api.dependencies import ConsoleParts, Intake, Parts, directory_for, key_in, texts
from services.console.api.pages import see
from services.console.domain.session import Session
from services.console.use_cases.directory import Directory
from services.console.use_cases.ports import Refused
from services.console.use_cases.room import read_room
from services.console.use_cases.send_handoff import (
    LANGUAGES,
    PREFERENCES,
    Answers,
    check_where,
    check_who,
    expected_at,
    read_answers,
    send_handoff,
)

router = APIRouter()

_STEPS = ("who", "where", "check")


@router.get("/handoffs/new")
async def get_new(request: Request, session: Intake, parts: Parts) -> Response:
    """Step one."""
    answers = Answers(given={"who": "known", "language": "en", "contact_preference": "staff_only", "left": "planned"})
    return await _shown("who", answers, request=request, by=session, parts=parts)


@router.post("/handoffs/new")
async def post_new(request: Request, session: Intake, parts: Parts) -> Response:
    """On to the next step, back to an earlier one, or send."""
    form = await texts(request)
    answers = read_answers(form)
    back = form.get("back", "")
    if back in _STEPS:
        return await _shown(back, answers, request=request, by=session, parts=parts)
    directory = await directory_for(session, parts)
    zone = _zone(answers, directory)
    if errors := check_who(answers):
        return await _shown("who", replace(answers, errors=errors), request=request, by=session, parts=parts)
    step = form.get("step", "who")
    if step == "who":
        return await _shown("where", answers, request=request, by=session, parts=parts)
    if errors := check_where(answers, now=parts.pages.now(), zone=zone):
        return await _shown("where", replace(answers, errors=errors), request=request, by=session, parts=parts)
    if step != "check":
        return await _shown("check", answers, request=request, by=session, parts=parts)
    return await _send(answers, zone=zone, form=form, request=request, by=session, parts=parts)


async def _send(
    answers: Answers, *, zone: ZoneInfo, form: Mapping[str, str], request: Request, by: Session, parts: ConsoleParts
) -> Response:
    try:
        planned = await send_handoff(answers, zone=zone, key=key_in(form), by=by, referrals=parts.neighbours.referrals)
    except Refused as refused:
        if refused.status not in (409, 422):
            raise
        errors = {"send": "send.error.open" if refused.code == "open_duplicate" else "send.error.refused"}
        return await _shown("check", replace(answers, errors=errors), request=request, by=by, parts=parts)
    return see(f"/handoffs/{planned.handoff_id}", done="planned" if answers["left"] == "planned" else "discharged")


async def _shown(step: str, answers: Answers, *, request: Request, by: Session, parts: ConsoleParts) -> Response:
    directory = await directory_for(by, parts)
    people = (await parts.neighbours.referrals.people(by)).items if step == "who" else []
    known = None
    if step == "check" and answers["who"] == "known":
        known = await parts.neighbours.referrals.person(UUID(answers["person_id"]), by=by)
    programme = directory.programmes.get(_programme_id(answers))
    room = None
    if step == "check" and programme is not None:
        room = await read_room(programme, by=by, teams=parts.neighbours.teams)
    return parts.pages.html(
        request,
        "pages/send.html",
        status=422 if answers.errors else 200,
        directory=directory,
        step=step,
        number=_STEPS.index(step) + 1,
        answers=answers,
        people=sorted(people, key=lambda person: person.listed_as),
        known=known,
        expected=expected_at(answers, zone=_zone(answers, directory)),
        programme=programme,
        room=room,
        preferences=PREFERENCES,
        spoken=LANGUAGES,
    )


def _zone(answers: Answers, directory: Directory) -> ZoneInfo:
    return directory.zone(_programme_id(answers))


def _programme_id(answers: Answers) -> UUID:
    try:
        return UUID(answers["programme_id"])
    except ValueError:
        return UUID(int=0)
