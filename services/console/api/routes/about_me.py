"""A peer's own page: lived experience and whom they know from elsewhere. Nobody else has it."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.console.api.dependencies import Parts, Peer, chosen, directory_for, key_in, texts, version_in
from services.console.api.pages import see
from services.console.use_cases.about_me import read_about_me
from services.console.use_cases.known_elsewhere import AskedOn, read_known
from services.console.use_cases.ports import Refused

router = APIRouter()


@router.get("/about-me")
async def get_about_me(request: Request, session: Peer, parts: Parts) -> Response:
    """What I said, whom I know."""
    view = await read_about_me(session, neighbours=parts.neighbours)
    directory = await directory_for(session, parts)
    return parts.pages.html(request, "pages/about_me.html", directory=directory, view=view)


@router.post("/about-me/lived-experience")
async def post_lived_experience(request: Request, session: Peer, parts: Parts) -> Response:
    """All of it, in the place of what was there; empty boxes take it back."""
    form, codes = await texts(request), await chosen(request, "codes")
    await parts.neighbours.matching.share_lived_experience(
        codes, use_for_matching="use_for_matching" in form, by=session
    )
    return see("/about-me", done="lived_experience")


@router.post("/about-me/known/{entry_id}/end")
async def post_end(entry_id: UUID, request: Request, session: Peer, parts: Parts) -> Response:
    """It no longer counts."""
    form = await texts(request)
    try:
        await parts.neighbours.matching.end_acquaintance(
            entry_id, version=version_in(form), key=key_in(form), by=session
        )
    except Refused as refused:
        if refused.status not in (404, 409, 412):
            raise
        return see("/about-me", trouble="moved_on")
    return see("/about-me", done="known_ended")


@router.get("/{asked_on}/{subject_id}/known-elsewhere")
async def get_known(asked_on: AskedOn, subject_id: UUID, request: Request, session: Peer, parts: Parts) -> Response:
    """What follows from saying so, before it is said."""
    view = await read_known(asked_on, subject_id, by=session, neighbours=parts.neighbours)
    return parts.pages.html(request, "pages/known_elsewhere.html", view=view)


@router.post("/{asked_on}/{subject_id}/known-elsewhere")
async def post_known(asked_on: AskedOn, subject_id: UUID, request: Request, session: Peer, parts: Parts) -> Response:
    """I know this person from elsewhere. Nobody asks how."""
    form = await texts(request)
    view = await read_known(asked_on, subject_id, by=session, neighbours=parts.neighbours)
    noted = await parts.neighbours.matching.declare_acquaintance(
        view.person_id,
        programme_id=view.programme_id,
        step_back="step_back" in form,
        key=key_in(form),
        by=session,
    )
    if subject_id in {one.id for one in noted.still_held}:
        return see(view.back, done="known_still_held")
    return see("/inbox", done="known_still_held" if noted.still_held else "known")
