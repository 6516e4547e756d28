"""Consents: written down with every element, read by those who keep them, taken back through anybody the person tells."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from services.referrals.api.consent_schemas import ConsentRequest, ConsentView, RevocationRequest
from services.referrals.api.dependencies import Parts, actor, once, rendering, respond
from services.referrals.api.pages import PAGE, Cursor, Limit, page, place
from services.referrals.api.referral_dependencies import Refer
from services.referrals.use_cases.browse_consents import list_consents, show_consent
from services.referrals.use_cases.record_consent import record_consent
from services.referrals.use_cases.revoke_consent import revoke_consent
from shared.clock import Clock
from shared.contracts.codes import AccessRole
from shared.contracts.paging import Page
from shared.contracts.tokens import TokenClaims
from shared.etags import IfMatch
from shared.idempotency import IdempotencyKey
from shared.tokens import allow

router = APIRouter()

_KEEPERS = (
    AccessRole.CLINICIAN,
    AccessRole.CASE_MANAGER,
    AccessRole.SUPERVISOR,
    AccessRole.ADMINISTRATOR,
    AccessRole.PRIVACY_OFFICER,
)
Keepers = Annotated[TokenClaims, Depends(allow(*_KEEPERS))]
Told = Annotated[TokenClaims, Depends(allow(*_KEEPERS, AccessRole.PEER))]
"""A person says it to whoever is with them."""


def _view(clock: Clock) -> partial[ConsentView]:
    return partial(ConsentView.of, now=clock.now())


@router.post("/people/{person_id}/consents")
async def post_consent(
    person_id: UUID,
    body: ConsentRequest,
    claims: Keepers,
    parts: Parts,
    refer: Refer,
    request: Request,
    key: IdempotencyKey,
) -> Response:
    """Write down a consent: 201; 422 names every element that is missing, and nothing is kept."""
    by = actor(claims)
    render = rendering(_view(parts.clock), status=201)
    made = await record_consent(
        person_id,
        body.terms(),
        reported_by=body.reported_by,
        by=by,
        works=refer.consents,
        clock=parts.clock,
        once=once(request, by, key=key, body=body, render=render),
    )
    return respond(render(made))


@router.get("/people/{person_id}/consents")
async def get_consents(
    person_id: UUID, claims: Told, parts: Parts, refer: Refer, limit: Limit = PAGE, cursor: Cursor = None
) -> Page[ConsentView]:
    """The person's consents that the caller may know of, newest first, the ended ones among them."""
    by = actor(claims)
    at = place(parts, by, name=f"consents:{person_id}", cursor=cursor, limit=limit)
    found = await list_consents(person_id, by=by, works=refer.consents, after=at.after, limit=at.reading)
    return page(found, at=at, parts=parts, view=_view(parts.clock))


@router.get("/consents/{consent_id}")
async def get_consent(consent_id: UUID, claims: Told, parts: Parts, refer: Refer) -> Response:
    """One consent."""
    found = await show_consent(consent_id, by=actor(claims), works=refer.consents)
    return respond(rendering(_view(parts.clock), status=200)(found))


@router.post("/consents/{consent_id}/revoke")
async def post_revocation(
    consent_id: UUID,
    body: RevocationRequest,
    claims: Told,
    parts: Parts,
    refer: Refer,
    request: Request,
    version: IfMatch,
    key: IdempotencyKey,
) -> Response:
    """The person takes it back: 200. What it let go out stops in the same commit."""
    by = actor(claims)
    render = rendering(_view(parts.clock), status=200)
    revoked = await revoke_consent(
        consent_id,
        method=body.method,
        reported_by=body.reported_by,
        by=by,
        version=version,
        works=refer.consents,
        clock=parts.clock,
        once=once(request, by, key=key, body=body, render=render, version=version),
        occurred_at=body.occurred_at,
    )
    return respond(render(revoked))
