"""Credentials of a worker."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.referrals.api.dependencies import Parts, Staff, Supervising, actor, once, rendering, respond
from services.referrals.api.directory_schemas import CredentialChangeRequest, CredentialRequest, CredentialView
from services.referrals.api.pages import PAGE, Cursor, Limit, page, place
from services.referrals.use_cases.add_credential import NewCredential, add_credential
from services.referrals.use_cases.browse_directory import list_records, show_record
from services.referrals.use_cases.change_credential import CredentialChange, change_credential
from shared.contracts.paging import Page
from shared.etags import IfMatch
from shared.idempotency import IdempotencyKey

router = APIRouter()


@router.post("/workers/{worker_id}/credentials")
async def post_credential(
    worker_id: UUID, body: CredentialRequest, claims: Supervising, parts: Parts, request: Request, key: IdempotencyKey
) -> Response:
    """Record a credential: 201."""
    by = actor(claims)
    render = rendering(CredentialView.model_validate, status=201)
    same = once(request, by, key=key, body=body, render=render)
    new = NewCredential(**dict(body))
    made = await add_credential(worker_id, new, by=by, works=parts.works, clock=parts.clock, once=same)
    return respond(render(made))


@router.put("/workers/{worker_id}/credentials/{credential_id}")
async def put_credential(
    worker_id: UUID,
    credential_id: UUID,
    body: CredentialChangeRequest,
    claims: Supervising,
    parts: Parts,
    request: Request,
    version: IfMatch,
    key: IdempotencyKey,
) -> Response:
    """Renew, suspend or restore a credential: 200."""
    by = actor(claims)
    render = rendering(CredentialView.model_validate, status=200)
    same = once(request, by, key=key, body=body, render=render, version=version)
    changed = await change_credential(
        credential_id,
        CredentialChange(**dict(body)),
        worker_id=worker_id,
        by=by,
        version=version,
        works=parts.works,
        clock=parts.clock,
        once=same,
    )
    return respond(render(changed))


@router.get("/workers/{worker_id}/credentials")
async def get_credentials(
    worker_id: UUID, claims: Staff, parts: Parts, limit: Limit = PAGE, cursor: Cursor = None
) -> Page[CredentialView]:
    """What is recorded for a worker."""
    by = actor(claims)
    at = place(parts, by, name="credentials", cursor=cursor, limit=limit)
    await show_record(worker_id, by=by, works=parts.works, shelf=lambda work: work.workers)
    found = await list_records(
        by=by,
        works=parts.works,
        shelf=lambda work: work.credentials,
        where={"worker_id": worker_id},
        after=at.after,
        limit=at.reading,
    )
    return page(found, at=at, parts=parts, view=CredentialView.model_validate)
