"""Register a programme, and change its settings: fill in, look at the answers, keep them."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.console.api.dependencies import (
    Administering,
    ConsoleParts,
    Parts,
    directory_for,
    key_in,
    texts,
    version_in,
)
from services.console.api.pages import see
from services.console.domain.session import Session
from services.console.domain.told_administration import ProgrammeNow
from services.console.use_cases.ports import Refused
from services.console.use_cases.programme_form import (
    FIXED,
    NEW,
    OPTIONAL,
    STANDING,
    ProgrammeForm,
    body_of,
    read_programme_form,
    texts_of,
    wrong_in_programme,
)
from shared.contracts.codes import IntegrationModel, Setting

router = APIRouter()

_STARTS_AS = {"protocol_code": "standard", "calendar_code": "always_open"}
"""What fits most: the standard protocol of its setting and model, and no closed hours."""


@router.get("/programmes/new")
async def get_programme_form(request: Request, session: Administering, parts: Parts) -> Response:
    """An empty form, but for what most choose."""
    directory = await directory_for(session, parts)
    own = directory.organization_of(session.worker_id)
    given = _STARTS_AS | {"organization_id": str(own or ""), "time_zone": directory.zone().key}
    return await _shown(ProgrammeForm(given=given), None, request=request, by=session, parts=parts)


@router.post("/programmes/new")
async def post_programme(request: Request, session: Administering, parts: Parts) -> Response:
    """To the answers, back to the form, or kept."""
    given = await texts(request)
    form = read_programme_form(given)
    if given.get("step") == "change":
        return await _shown(replace(form, errors={}), None, request=request, by=session, parts=parts)
    if form.errors:
        return await _shown(form, None, request=request, by=session, parts=parts, status=422)
    if given.get("step") != "keep":
        return await _shown(form, None, request=request, by=session, parts=parts, check=True)
    try:
        made = await parts.neighbours.administration.register_programme(
            body_of(form, names=NEW), key=key_in(given), by=session
        )
    except Refused as refused:
        form = replace(form, errors=wrong_in_programme(refused, names=NEW))
        return await _shown(form, None, request=request, by=session, parts=parts, status=refused.status)
    return see(f"/programmes/{made.id}/settings", done="registered")


@router.get("/programmes/{programme_id}/settings")
async def get_settings(programme_id: UUID, request: Request, session: Administering, parts: Parts) -> Response:
    """As they are now."""
    now = await parts.neighbours.administration.programme(programme_id, by=session)
    return await _shown(ProgrammeForm(given=texts_of(now)), now, request=request, by=session, parts=parts)


@router.post("/programmes/{programme_id}/settings")
async def post_settings(programme_id: UUID, request: Request, session: Administering, parts: Parts) -> Response:
    """To what would change, back to the form, or kept: nobody overwrites what they have not seen."""
    given = await texts(request)
    now = await parts.neighbours.administration.programme(programme_id, by=session)
    form, keeping = read_programme_form(given, now=now), given.get("step") == "keep"
    if version_in(given) != now.version and not keeping:
        return await _overtaken(form, now, request=request, by=session, parts=parts)
    if given.get("step") == "change":
        return await _shown(replace(form, errors={}), now, request=request, by=session, parts=parts)
    if form.errors:
        return await _shown(form, now, request=request, by=session, parts=parts, status=422)
    if not keeping:
        return await _shown(form, now, request=request, by=session, parts=parts, check=True)
    return await _keep(form, now, given=given, request=request, by=session, parts=parts)


async def _keep(
    form: ProgrammeForm,
    now: ProgrammeNow,
    *,
    given: Mapping[str, str],
    request: Request,
    by: Session,
    parts: ConsoleParts,
) -> Response:
    names = [one.name for one in form.differences(now)]
    administration = parts.neighbours.administration
    try:
        await administration.change_programme(
            now.id, body_of(form, names=names), version=version_in(given), key=key_in(given), by=by
        )
    except Refused as refused:
        if refused.status == 412:
            newer = await administration.programme(now.id, by=by)
            return await _overtaken(form, newer, request=request, by=by, parts=parts)
        form = replace(form, errors=wrong_in_programme(refused, names=STANDING))
        return await _shown(form, now, request=request, by=by, parts=parts, status=refused.status)
    return see(f"/programmes/{now.id}/settings", done="settings")


async def _overtaken(
    form: ProgrammeForm, now: ProgrammeNow, *, request: Request, by: Session, parts: ConsoleParts
) -> Response:
    return await _shown(form.overtaken_by(now), now, request=request, by=by, parts=parts, status=412)


async def _shown(
    form: ProgrammeForm,
    now: ProgrammeNow | None,
    *,
    request: Request,
    by: Session,
    parts: ConsoleParts,
    status: int = 200,
    check: bool = False,
) -> Response:
    organizations, directory = await asyncio.gather(
        parts.neighbours.consents.organizations(by), directory_for(by, parts)
    )
    known = directory.programmes.values()
    return parts.pages.html(
        request,
        "pages/programme_check.html" if check else "pages/programme_form.html",
        status=status,
        directory=directory,
        form=form,
        now=now,
        names=NEW if now is None else STANDING,
        fixed=FIXED,
        optional=OPTIONAL,
        standing=texts_of(now) if now else {},
        differences=form.differences(now) if now else (),
        address=f"/programmes/{now.id}/settings" if now else "/programmes/new",
        organizations=sorted((one for one in organizations if one.active), key=lambda one: one.name),
        settings=tuple(Setting),
        models=tuple(IntegrationModel),
        known={
            "protocol_code": sorted({_STARTS_AS["protocol_code"]} | {one.protocol_code for one in known}),
            "calendar_code": [_STARTS_AS["calendar_code"], "weekdays"],
            "time_zone": sorted({one.time_zone for one in known}),
            "jurisdiction": sorted({one.jurisdiction for one in known}),
        },
    )
