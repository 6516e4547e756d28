"""Steps on a referral. Who was quicker is said by name; what has changed is looked at anew."""

from uuid import UUID

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from services.console.api.dependencies import CareTeam, ConsoleParts, Parts, directory_for, key_in, texts, version_in
from services.console.api.pages import see
from services.console.api.routes.referrals import show_referral
from services.console.domain.session import Session
from services.console.use_cases.ports import Refused
from services.console.use_cases.referral_step import MAX_WORDS, StepForm, read_step

router = APIRouter()

_PAGE_OF = {"reject": "decline", "finish": "finish", "close": "close"}
_SCOPE = ("out_of_scope", "not_permitted_yet")
_SAID_BY_NAME = ("goodbye_first", "consent_required", "not_available", "not_qualified")


@router.post("/referrals/{referral_id}/feedback")
async def post_feedback(referral_id: UUID, session: CareTeam, request: Request, parts: Parts) -> Response:
    """Tell the other side how it goes."""
    form = await texts(request)
    words = form.get("words", "").strip()[:MAX_WORDS]
    if not words:
        errors = {"words": "referral.error.words"}
        return await show_referral(referral_id, request=request, by=session, parts=parts, given=form, errors=errors)
    await parts.neighbours.referring.feedback(referral_id, words, key=key_in(form), by=session)
    return see(f"/referrals/{referral_id}", done="referral_feedback")


@router.post("/referrals/{referral_id}/{command}")
async def post_step(referral_id: UUID, command: str, request: Request, session: CareTeam, parts: Parts) -> Response:
    """One step."""
    form = await texts(request)
    directory = await directory_for(session, parts)
    zone = directory.zone(_programme_in(form.get("programme", "")))
    step = read_step(command, form, now=parts.pages.now(), zone=zone)
    if step is None:
        raise HTTPException(404)
    if step.errors:
        page = _PAGE_OF.get(command, "")
        return await show_referral(
            referral_id, request=request, by=session, parts=parts, page=page, given=form, errors=step.errors
        )
    try:
        await _take(step, referral_id, version=version_in(form), key=key_in(form), by=session, parts=parts)
    except Refused as refused:
        return _not_taken(refused, referral_id)
    after = "/referrals" if step.command in ("reject", "unaccept") else f"/referrals/{referral_id}"
    return see(after, done="referral_" + step.command.replace("-", "_"))


async def _take(step: StepForm, referral_id: UUID, *, version: int, key: str, by: Session, parts: ConsoleParts) -> None:
    referring = parts.neighbours.referring
    await referring.step(referral_id, step.command, body=step.body, version=version, key=key, by=by)
    if step.feedback:
        await referring.feedback(referral_id, step.feedback, key=f"{key}-words", by=by)


def _not_taken(refused: Refused, referral_id: UUID) -> Response:
    page = f"/referrals/{referral_id}"
    if refused.code == "already_accepted":
        taken = refused.document.get("taken_by")
        return see(page, trouble="colleague" if taken else None, done=None if taken else "referral_accept")
    if refused.status == 404:
        return see("/referrals", trouble="not_waiting")
    if refused.code == "no_longer_offered":
        return see(page, trouble="not_waiting")
    if refused.code in _SCOPE:
        return see(page, trouble="referral_scope")
    said = {one.get("code") for one in refused.document.get("errors", ())}
    for code in _SAID_BY_NAME:
        if code in said:
            return see(page, trouble=code)
    if refused.status in (403, 409, 412, 422):
        return see(page, trouble="moved_on")
    raise refused


def _programme_in(given: str) -> UUID | None:
    try:
        return UUID(given)
    except ValueError:
        return None
