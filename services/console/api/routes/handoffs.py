"""One handoff, and its steps."""

import asyncio
from uuid import UUID

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from services.console.api.dependencies import (
    CareTeam,
    ConsoleParts,
    Intake,
    Parts,
    directory_for,
    key_in,
    texts,
    version_in,
)
from services.console.api.pages import see
from services.console.domain.session import Session
from services.console.use_cases.handoff_sheet import sheet_beside
from services.console.use_cases.log_contact import CHANNELS, OUTCOMES, log_contact
from services.console.use_cases.one_handoff import HandoffView, read_handoff
from services.console.use_cases.ports import NeighbourFailed, Refused
from shared.logs import get_logger

router = APIRouter()

_log = get_logger()

ENDINGS = ("got_help", "could_not_contact", "no_capacity", "no_longer_interested", "referred_elsewhere")
DECLINES = ("cant_right_now", "outside_my_role")
MEETINGS = ("bedside", "phone")


@router.get("/handoffs/{handoff_id}")
async def get_handoff(
    handoff_id: UUID, request: Request, session: CareTeam, parts: Parts, item: UUID | None = None
) -> Response:
    """Who is asked, by when, what comes next."""
    view, sheet, directory, _ = await asyncio.gather(
        read_handoff(handoff_id, by=session, referrals=parts.neighbours.referrals),
        sheet_beside(handoff_id, by=session, sheets=parts.neighbours.sheets),
        directory_for(session, parts),
        note_seen(item, by=session, parts=parts),
    )
    return parts.pages.html(request, "pages/handoff.html", directory=directory, view=view, sheet=sheet)


async def note_seen(item: UUID | None, *, by: Session, parts: ConsoleParts) -> None:
    """Seeing accepts nothing, and that it could not be noted must not keep anybody from the page."""
    if item is None:
        return
    try:
        await parts.neighbours.notifications.seen(item, by=by)
    except NeighbourFailed as failed:
        _log.info("seen_not_noted", target=failed.service)


@router.post("/handoffs/{handoff_id}/accept")
async def post_accept(handoff_id: UUID, request: Request, session: CareTeam, parts: Parts) -> Response:
    """Yes, I will."""
    return await _step(handoff_id, "accept", {}, done="accepted", request=request, by=session, parts=parts)


@router.post("/handoffs/{handoff_id}/decline")
async def post_decline(handoff_id: UUID, request: Request, session: CareTeam, parts: Parts) -> Response:
    """Can't right now, or outside my role. The visitor is no longer party to it, so the inbox is shown."""
    reason = (await texts(request)).get("reason", "")
    if reason not in DECLINES:
        raise HTTPException(404)
    body = {"reason": reason}
    return await _step(
        handoff_id, "decline", body, done="declined", request=request, by=session, parts=parts, after="/inbox"
    )


@router.post("/handoffs/{handoff_id}/introduction")
async def post_introduction(handoff_id: UUID, request: Request, session: CareTeam, parts: Parts) -> Response:
    """They have met."""
    how = (await texts(request)).get("how", "")
    if how not in MEETINGS:
        raise HTTPException(404)
    return await _step(
        handoff_id, "introduction", {"how": how}, done="introduced", request=request, by=session, parts=parts
    )


@router.get("/handoffs/{handoff_id}/contact")
async def get_contact(handoff_id: UUID, request: Request, session: CareTeam, parts: Parts) -> Response:
    """Eight answers, one tap each."""
    view = await read_handoff(handoff_id, by=session, referrals=parts.neighbours.referrals)
    if not view.may_log_contact:
        return see(f"/handoffs/{handoff_id}")
    return await _shown(request, "pages/contact.html", view=view, by=session, parts=parts)


@router.post("/handoffs/{handoff_id}/contact")
async def post_contact(handoff_id: UUID, request: Request, session: CareTeam, parts: Parts) -> Response:
    """A contact, or an attempt at one."""
    form = await texts(request)
    how, _, outcome = form.get("contact", "").partition(".")
    if how not in CHANNELS or outcome not in OUTCOMES:
        raise HTTPException(404)
    try:
        await log_contact(
            handoff_id,
            how=how,
            outcome=outcome,
            version=version_in(form),
            key=key_in(form),
            by=session,
            referrals=parts.neighbours.referrals,
        )
    except Refused as refused:
        return _moved_on(refused, handoff_id)
    return see(f"/handoffs/{handoff_id}", done=f"contact_{outcome}")


@router.get("/handoffs/{handoff_id}/close")
async def get_close(handoff_id: UUID, request: Request, session: CareTeam, parts: Parts) -> Response:
    """How it ended, and in whose words."""
    view = await read_handoff(handoff_id, by=session, referrals=parts.neighbours.referrals)
    if not view.may_close:
        return see(f"/handoffs/{handoff_id}")
    return await _shown(request, "pages/close.html", view=view, by=session, parts=parts)


@router.post("/handoffs/{handoff_id}/close")
async def post_close(handoff_id: UUID, request: Request, session: CareTeam, parts: Parts) -> Response:
    """Close the loop."""
    form = await texts(request)
    if form.get("outcome") not in ENDINGS:
        view = await read_handoff(handoff_id, by=session, referrals=parts.neighbours.referrals)
        return await _shown(request, "pages/close.html", view=view, by=session, parts=parts, error=True, status=422)
    body = {"outcome": form["outcome"], "reported_by": "person" if form.get("reported_by") == "person" else "staff"}
    return await _step(handoff_id, "close", body, done="closed", request=request, by=session, parts=parts)


@router.post("/handoffs/{handoff_id}/discharge")
async def post_discharge(handoff_id: UUID, request: Request, session: Intake, parts: Parts) -> Response:
    """They have left: the colleague who was thought of is asked now."""
    form = await texts(request)
    view = await read_handoff(handoff_id, by=session, referrals=parts.neighbours.referrals)
    try:
        await parts.neighbours.referrals.transition_command(
            view.handoff.transition_id, "discharge", body={}, version=version_in(form), key=key_in(form), by=session
        )
    except Refused as refused:
        return _moved_on(refused, handoff_id)
    return see(f"/handoffs/{handoff_id}", done="discharged")


async def _step(
    handoff_id: UUID,
    command: str,
    body: dict[str, str],
    *,
    done: str,
    request: Request,
    by: Session,
    parts: ConsoleParts,
    after: str | None = None,
) -> Response:
    form = await texts(request)
    try:
        await parts.neighbours.referrals.handoff_command(
            handoff_id, command, body=body, version=version_in(form), key=key_in(form), by=by
        )
    except Refused as refused:
        if refused.code == "already_accepted":
            return await _taken(handoff_id, by=by, parts=parts)
        return _moved_on(refused, handoff_id)
    return see(after or f"/handoffs/{handoff_id}", done=done)


async def _taken(handoff_id: UUID, *, by: Session, parts: ConsoleParts) -> Response:
    """Somebody has accepted: the visitor in another window, or a colleague. Who was asked before may see no more of it."""
    try:
        view = await read_handoff(handoff_id, by=by, referrals=parts.neighbours.referrals)
    except Refused:
        return see("/inbox", trouble="colleague")
    if view.is_mine:
        return see(f"/handoffs/{handoff_id}", done="accepted")
    return see(f"/handoffs/{handoff_id}", trouble="colleague")


def _moved_on(refused: Refused, handoff_id: UUID) -> Response:
    """Somebody was quicker, or it changed meanwhile: look at it as it is now."""
    if refused.status not in (403, 404, 409, 412):
        raise refused
    if refused.status == 404 or refused.code == "no_longer_offered":
        return see("/inbox", trouble="not_waiting")
    return see(f"/handoffs/{handoff_id}", trouble="not_waiting" if refused.code == "not_yours" else "moved_on")


async def _shown(
    request: Request,
    template: str,
    *,
    view: HandoffView,
    by: Session,
    parts: ConsoleParts,
    status: int = 200,
    error: bool = False,
) -> Response:
    directory = await directory_for(by, parts)
    return parts.pages.html(request, template, status=status, directory=directory, view=view, error=error)
