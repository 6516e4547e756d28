"""What may be shared about a person: looked at, written down as signed, and taken back."""

import asyncio
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.console.api.dependencies import (
    CareTeam,
    ConsoleParts,
    Intake,
    Parts,
    chosen,
    directory_for,
    key_in,
    texts,
    version_in,
)
from services.console.api.pages import see
from services.console.domain.session import Session
from services.console.use_cases import record_consent as form_of
from services.console.use_cases.ports import Refused
from services.console.use_cases.record_consent import ConsentForm, read_consent_form, wrong_in_consent
from services.console.use_cases.sharing import organization_names, read_sharing

router = APIRouter()

METHODS = ("spoken", "written", "electronic")


@router.get("/people/{person_id}/sharing")
async def get_sharing(person_id: UUID, request: Request, session: CareTeam, parts: Parts) -> Response:
    """Who tells whom what, what for, until when; in force and over."""
    view, directory = await asyncio.gather(
        read_sharing(person_id, by=session, neighbours=parts.neighbours), directory_for(session, parts)
    )
    return parts.pages.html(request, "pages/sharing.html", directory=directory, view=view)


@router.get("/people/{person_id}/consents/new")
async def get_new_consent(person_id: UUID, request: Request, session: Intake, parts: Parts) -> Response:
    """An empty form; the visitor's own organisation tells."""
    directory = await directory_for(session, parts)
    own = directory.workers.get(session.worker_id) if session.worker_id else None
    given = {"signed_by": "person"} | ({"organization_id": str(own.organization_id)} if own else {})
    return await _shown(person_id, ConsentForm(given=given), request=request, by=session, parts=parts)


@router.post("/people/{person_id}/consents/new")
async def post_new_consent(person_id: UUID, request: Request, session: Intake, parts: Parts) -> Response:
    """Keep it, or show what is still missing beside each field."""
    given = await texts(request)
    several = {name: await chosen(request, name) for name in form_of.SEVERAL}
    form = read_consent_form(given, several=several)
    zone = (await directory_for(session, parts)).zone()
    body = form.body(zone=zone, now=parts.pages.now())
    try:
        await parts.neighbours.consents.record(person_id, body, key=key_in(given), by=session)
    except Refused as refused:
        wrong = wrong_in_consent(refused.document)
        if refused.code == "not_yours":
            wrong = {"organization_id": "consent.wrong.not_your_side"}
        if not wrong:
            raise
        again = ConsentForm(given=form.given, several=form.several, errors=wrong)
        return await _shown(person_id, again, request=request, by=session, parts=parts)
    return see(f"/people/{person_id}/sharing", done="consent")


@router.get("/consents/{consent_id}/revoke")
async def get_revoke(consent_id: UUID, request: Request, session: CareTeam, parts: Parts) -> Response:
    """What stops, before anything is done."""
    consent = await parts.neighbours.consents.consent(consent_id, by=session)
    if consent.status != "active":
        return see(f"/people/{consent.person_id}/sharing", trouble="consent_over")
    person, names, directory = await asyncio.gather(
        parts.neighbours.referrals.person(consent.person_id, by=session),
        organization_names(session, neighbours=parts.neighbours),
        directory_for(session, parts),
    )
    return parts.pages.html(
        request,
        "pages/consent_revoke.html",
        directory=directory,
        consent=consent,
        person=person,
        organization_names=names,
        methods=METHODS,
    )


@router.post("/consents/{consent_id}/revoke")
async def post_revoke(consent_id: UUID, request: Request, session: CareTeam, parts: Parts) -> Response:
    """The person takes it back, through whoever they told."""
    form = await texts(request)
    consents = parts.neighbours.consents
    person_id = (await consents.consent(consent_id, by=session)).person_id
    method = form.get("method") if form.get("method") in METHODS else METHODS[0]
    try:
        await consents.revoke(
            consent_id, method=method or METHODS[0], version=version_in(form), key=key_in(form), by=session
        )
    except Refused as refused:
        if refused.status not in (409, 412):
            raise
        return see(f"/people/{person_id}/sharing", trouble="consent_over")
    return see(f"/people/{person_id}/sharing", done="consent_revoked")


async def _shown(person_id: UUID, form: ConsentForm, *, request: Request, by: Session, parts: ConsoleParts) -> Response:
    person, organizations, directory = await asyncio.gather(
        parts.neighbours.referrals.person(person_id, by=by),
        parts.neighbours.consents.organizations(by),
        directory_for(by, parts),
    )
    return parts.pages.html(
        request,
        "pages/consent_new.html",
        status=422 if form.errors else 200,
        directory=directory,
        person=person,
        form=form,
        organizations=sorted((one for one in organizations if one.active), key=lambda one: one.name),
        information=form_of.INFORMATION,
        purposes=form_of.PURPOSES,
        recipient_classes=form_of.RECIPIENT_CLASSES,
        ends=form_of.ENDS,
        whole_network=form_of.WHOLE_NETWORK,
    )
