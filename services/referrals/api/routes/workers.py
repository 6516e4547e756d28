"""Workers."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.referrals.api.dependencies import (
    Administrators,
    Parts,
    Staff,
    Supervising,
    actor,
    once,
    rendering,
    respond,
)
from services.referrals.api.directory_schemas import SupervisionRequest, WorkerChangeRequest, WorkerRequest, WorkerView
from services.referrals.api.pages import PAGE, Cursor, Limit, page, place
from services.referrals.use_cases.browse_directory import list_records, show_record
from services.referrals.use_cases.change_worker import WorkerChange, change_worker
from services.referrals.use_cases.register_worker import NewWorker, register_worker
from shared.contracts.codes import PracticeRole
from shared.contracts.paging import Page
from shared.etags import IfMatch
from shared.idempotency import IdempotencyKey

router = APIRouter()


@router.post("/workers")
async def post_worker(
    body: WorkerRequest, claims: Administrators, parts: Parts, request: Request, key: IdempotencyKey
) -> Response:
    """Add a worker to an organisation: 201. `id` is the `worker_id` of accounts and tokens."""
    by = actor(claims)
    render = rendering(WorkerView.model_validate, status=201)
    same = once(request, by, key=key, body=body, render=render)
    made = await register_worker(NewWorker(**dict(body)), by=by, works=parts.works, clock=parts.clock, once=same)
    return respond(render(made))


@router.patch("/workers/{worker_id}")
async def patch_worker(
    worker_id: UUID,
    body: WorkerChangeRequest,
    claims: Administrators,
    parts: Parts,
    request: Request,
    version: IfMatch,
    key: IdempotencyKey,
) -> Response:
    """Change a worker; `active: false` says that they have left: 200."""
    by = actor(claims)
    render = rendering(WorkerView.model_validate, status=200)
    same = once(request, by, key=key, body=body, render=render, version=version)
    change = WorkerChange(**dict(body))
    changed = await change_worker(
        worker_id, change, by=by, version=version, works=parts.works, clock=parts.clock, once=same
    )
    return respond(render(changed))


@router.put("/workers/{worker_id}/supervision")
async def put_supervision(
    worker_id: UUID,
    body: SupervisionRequest,
    claims: Supervising,
    parts: Parts,
    request: Request,
    version: IfMatch,
    key: IdempotencyKey,
) -> Response:
    """Record that supervision took place, and how often it should: 200 with the worker."""
    by = actor(claims)
    render = rendering(WorkerView.model_validate, status=200)
    same = once(request, by, key=key, body=body, render=render, version=version)
    change = WorkerChange(**dict(body))
    changed = await change_worker(
        worker_id, change, by=by, version=version, works=parts.works, clock=parts.clock, once=same
    )
    return respond(render(changed))


@router.get("/workers")
async def get_workers(
    claims: Staff,
    parts: Parts,
    limit: Limit = PAGE,
    cursor: Cursor = None,
    organization_id: Annotated[UUID | None, Query()] = None,
    practice_role: Annotated[PracticeRole | None, Query()] = None,
    active: Annotated[bool | None, Query()] = None,
) -> Page[WorkerView]:
    """Workers of the network."""
    by = actor(claims)
    at = place(parts, by, name="workers", cursor=cursor, limit=limit)
    asked: dict[str, Any] = {"organization_id": organization_id, "practice_role": practice_role, "active": active}
    found = await list_records(
        by=by,
        works=parts.works,
        shelf=lambda work: work.workers,
        where={name: value for name, value in asked.items() if value is not None},
        after=at.after,
        limit=at.reading,
    )
    return page(found, at=at, parts=parts, view=WorkerView.model_validate)


@router.get("/workers/{worker_id}")
async def get_worker(worker_id: UUID, claims: Staff, parts: Parts) -> Response:
    """One worker."""
    found = await show_record(worker_id, by=actor(claims), works=parts.works, shelf=lambda work: work.workers)
    return respond(rendering(WorkerView.model_validate, status=200)(found))
