"""A peer's own page: lived experience and whom they know from elsewhere. Nobody else has it."""

from uuid import UUID

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from services.console.api.dependencies import Parts, Peer, chosen, directory_for, key_in, texts, version_in
from services.console.api.pages import see
from services.console.domain.session import Session
from services.console.use_cases.about_me import break_until, read_about_me
from services.console.use_cases.known_elsewhere import AskedOn, read_known
from services.console.use_cases.ports import Refused

router = APIRouter()


@router.get("/about-me")
async def get_about_me(request: Request, session: Peer, parts: Parts) -> Response:
    """What I said, whom I know."""
    view = await read_about_me(session, now=parts.pages.now(), neighbours=parts.neighbours)
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


@router.post("/about-me/break")
async def post_break(request: Request, session: Peer, parts: Parts) -> Response:
    """Step back from now on, until a day or until I say so. No reason is asked for."""
    form = await texts(request)
    zone = (await directory_for(session, parts)).zone()
    try:
        until = break_until(form.get("until", ""), now=parts.pages.now(), zone=zone)
    except ValueError:
        return see("/about-me", trouble="break_day")
    body = {"ends_at": until.isoformat()} if until else {}
    await parts.neighbours.teams.step_back(_own(session), body, key=key_in(form), by=session)
    return see("/about-me", done="break")


@router.post("/about-me/break/{absence_id}/end")
async def post_end_break(absence_id: UUID, request: Request, session: Peer, parts: Parts) -> Response:
    """I am back."""
    form = await texts(request)
    try:
        await parts.neighbours.teams.come_back(
            _own(session), absence_id, version=version_in(form), key=key_in(form), by=session
        )
    except Refused as refused:
        if refused.status not in (404, 409, 412):
            raise
        return see("/about-me", trouble="moved_on")
    return see("/about-me", done="break_over")


def _own(session: Session) -> UUID:
    if session.worker_id is None:
        raise HTTPException(404)
    return session.worker_id


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


@router.post("/about-me/known/let-go")
async def post_let_go(request: Request, session: Peer, parts: Parts) -> Response:
    """Let go of what is still held of somebody whom I know from elsewhere. What I was asked on may be gone by now."""
    form = await texts(request)
    try:
        person_id, programme_id = UUID(form.get("person_id", "")), UUID(form.get("programme_id", ""))
    except ValueError:
        raise HTTPException(404) from None
    noted = await parts.neighbours.matching.declare_acquaintance(
        person_id, programme_id=programme_id, step_back=True, key=key_in(form), by=session
    )
    return see("/inbox", trouble="known_nobody_else") if noted.still_held else see("/inbox", done="known_let_go")


@router.get("/{asked_on}/{subject_id}/known-elsewhere")
async def get_known(asked_on: AskedOn, subject_id: UUID, request: Request, session: Peer, parts: Parts) -> Response:
    """What follows from saying so, before it is said."""
    view = await read_known(asked_on, subject_id, by=session, neighbours=parts.neighbours)
    return parts.pages.html(request, "pages/known_elsewhere.html", view=view, held=())


@router.post("/{asked_on}/{subject_id}/known-elsewhere")
async def post_known(asked_on: AskedOn, subject_id: UUID, request: Request, session: Peer, parts: Parts) -> Response:
    """I know this person from elsewhere. Nobody asks how. What is still held is shown, with a way to let go."""
    form = await texts(request)
    view = await read_known(asked_on, subject_id, by=session, neighbours=parts.neighbours)
    noted = await parts.neighbours.matching.declare_acquaintance(
        view.person_id,
        programme_id=view.programme_id,
        step_back="step_back" in form,
        key=key_in(form),
        by=session,
    )
    if noted.still_held:
        stay = view.back if subject_id in {one.id for one in noted.still_held} else "/inbox"
        return parts.pages.html(request, "pages/known_elsewhere.html", view=view, held=noted.still_held, stay=stay)
    return see("/inbox", done="known")
