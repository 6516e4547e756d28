"""Programmes, for those who run them."""

from collections.abc import Awaitable, Mapping
from uuid import UUID

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from services.console.api.dependencies import ConsoleParts, Parts, Supervising, directory_for, key_in, texts, version_in
from services.console.api.pages import see
from services.console.domain.session import Session
from services.console.use_cases.ports import Refused
from services.console.use_cases.programme import DUTIES, read_programme, read_stretch, wrong_in_programme
from services.console.use_cases.protocols import by_side

router = APIRouter()

FORMS = ("backup", "shift", "absence")


@router.get("/programmes")
async def get_programmes(request: Request, session: Supervising, parts: Parts) -> Response:
    """All of them."""
    return parts.pages.html(request, "pages/programmes.html", directory=await directory_for(session, parts))


@router.get("/programmes/{programme_id}")
async def get_programme(programme_id: UUID, request: Request, session: Supervising, parts: Parts) -> Response:
    """What must happen by when, who is called in, who is on call, who steps back."""
    return await _shown(programme_id, {}, {}, request=request, by=session, parts=parts)


@router.post("/programmes/{programme_id}/shifts/{shift_id}/end")
async def post_end_shift(
    programme_id: UUID, shift_id: UUID, request: Request, session: Supervising, parts: Parts
) -> Response:
    """End a shift now."""
    form = await texts(request)
    ending = parts.neighbours.teams.end_shift(
        programme_id, shift_id, version=version_in(form), key=key_in(form), by=session
    )
    return await _ended(ending, programme_id=programme_id, done="shift_ended")


@router.post("/programmes/{programme_id}/absences/{worker_id}/{absence_id}/end")
async def post_end_absence(
    programme_id: UUID, worker_id: UUID, absence_id: UUID, request: Request, session: Supervising, parts: Parts
) -> Response:
    """Somebody is back."""
    form = await texts(request)
    ending = parts.neighbours.teams.come_back(
        worker_id, absence_id, version=version_in(form), key=key_in(form), by=session
    )
    return await _ended(ending, programme_id=programme_id, done="back")


@router.post("/programmes/{programme_id}/{what}")
async def post_form(programme_id: UUID, what: str, request: Request, session: Supervising, parts: Parts) -> Response:
    """Name the clinical backup, put somebody on call, or note that somebody steps back."""
    if what not in FORMS:
        raise HTTPException(404)
    form = await texts(request)
    try:
        errors = await _keep(programme_id, what, form, by=session, parts=parts)
    except Refused as refused:
        errors = wrong_in_programme(what, refused)
    if errors:
        return await _shown(programme_id, form, errors, request=request, by=session, parts=parts)
    return see(f"/programmes/{programme_id}", done=what)


async def _ended(ending: Awaitable[None], *, programme_id: UUID, done: str) -> Response:
    """Back to the programme, which says that it is done or that somebody was quicker."""
    try:
        await ending
    except Refused as refused:
        if refused.status not in (409, 412):
            raise
        return see(f"/programmes/{programme_id}", trouble="moved_on")
    return see(f"/programmes/{programme_id}", done=done)


async def _keep(
    programme_id: UUID, what: str, form: Mapping[str, str], *, by: Session, parts: ConsoleParts
) -> dict[str, str]:
    """What is wrong with the form, or nothing and it is done."""
    directory, teams, key = await directory_for(by, parts), parts.neighbours.teams, key_in(form)
    worker = next((one for one in directory.workers.values() if str(one.id) == form.get(f"{what}_worker_id")), None)
    if worker is None:
        return {f"{what}_worker_id": "programme.error.worker"}
    if what == "backup":
        team = next((one for one in await teams.teams(by) if str(one.id) == form.get("team_id")), None)
        if team is None:
            return {"team_id": "refer.error.team"}
        await teams.name_backup(programme_id, team_id=team.id, worker_id=worker.id, key=key, by=by)
        return {}
    stretch = read_stretch(
        {"begins": form.get(f"{what}_begins", ""), "ends": form.get(f"{what}_ends", "")},
        zone=directory.zone(programme_id),
    )
    if stretch is None:
        return {f"{what}_begins": "programme.error.stretch"}
    body = {"starts_at": stretch[0].isoformat(), "ends_at": stretch[1].isoformat()}
    if what == "absence":
        await teams.step_back(worker.id, body, key=key, by=by)
    elif form.get("duty") in DUTIES:
        shift = body | {"worker_id": str(worker.id), "duty": form["duty"]}
        await teams.put_on_call(programme_id, shift, key=key, by=by)
    else:
        return {"duty": "programme.error.duty"}
    return {}


async def _shown(
    programme_id: UUID,
    form: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    request: Request,
    by: Session,
    parts: ConsoleParts,
) -> Response:
    directory = await directory_for(by, parts)
    programme = directory.programmes.get(programme_id)
    if programme is None:
        raise HTTPException(404)
    view = await read_programme(
        programme, now=parts.pages.now(), directory=directory, by=by, teams=parts.neighbours.teams
    )
    return parts.pages.html(
        request,
        "pages/programme.html",
        status=422 if errors else 200,
        directory=directory,
        view=view,
        given=form,
        errors=errors,
        duties=DUTIES,
        by_side=by_side,
    )
