"""Is there room, before anybody is named; and a programme's own terms for it."""

import asyncio
from uuid import UUID

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from services.console.api.dependencies import (
    Administering,
    CareTeam,
    ConsoleParts,
    Parts,
    Supervising,
    directory_for,
    key_in,
    texts,
)
from services.console.api.pages import see
from services.console.domain.session import Session
from services.console.use_cases.ports import Refused
from services.console.use_cases.room import TermsForm, programmes_with, read_room, read_rooms, read_terms
from shared.contracts.codes import AccessRole

router = APIRouter()


@router.get("/room")
async def get_rooms(request: Request, session: CareTeam, parts: Parts) -> Response:
    """All programmes, those with room first."""
    directory = await directory_for(session, parts)
    rooms = await read_rooms(directory, by=session, teams=parts.neighbours.teams)
    return parts.pages.html(
        request,
        "pages/rooms.html",
        directory=directory,
        groups=(
            ("rooms.with_room", programmes_with(rooms, room=True)),
            ("rooms.others", programmes_with(rooms, room=False)),
        ),
    )


@router.get("/programmes/{programme_id}/room")
async def get_room(programme_id: UUID, request: Request, session: Supervising, parts: Parts) -> Response:
    """How much room there is, what bounds it, and where the bounds were read."""
    return await _shown(programme_id, TermsForm(), request=request, by=session, parts=parts)


@router.post("/programmes/{programme_id}/room")
async def post_terms(programme_id: UUID, request: Request, session: Administering, parts: Parts) -> Response:
    """From a day on; earlier terms stay on record."""
    form = await texts(request)
    body, terms = read_terms(form)
    if not terms.errors:
        try:
            await parts.neighbours.matching.set_terms(programme_id, body, key=key_in(form), by=session)
        except Refused as refused:
            if refused.status not in (409, 422):
                raise
            code = "room.error.taken" if refused.status == 409 else "room.error.day"
            terms = TermsForm(given=terms.given, errors={"effective_from": code})
        else:
            return see(f"/programmes/{programme_id}/room", done="terms")
    return await _shown(programme_id, terms, request=request, by=session, parts=parts)


async def _shown(
    programme_id: UUID, form: TermsForm, *, request: Request, by: Session, parts: ConsoleParts
) -> Response:
    directory = await directory_for(by, parts)
    programme = directory.programmes.get(programme_id)
    if programme is None:
        raise HTTPException(404)
    room, ceilings = await asyncio.gather(
        read_room(programme, by=by, teams=parts.neighbours.teams),
        parts.neighbours.matching.ceilings(programme_id, by=by),
    )
    return parts.pages.html(
        request,
        "pages/room.html",
        status=422 if form.errors else 200,
        directory=directory,
        room=room,
        ceilings=ceilings,
        form=form,
        may_set=by.role is AccessRole.ADMINISTRATOR,
    )
