"""Who is on call for a programme, and who has stepped back."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.referrals.api.dependencies import CareTeam, Parts, Staff, Supervising, actor, once, rendering, respond
from services.referrals.api.pages import PAGE, Cursor, Limit, page, place
from services.referrals.api.roster_schemas import AbsenceRequest, AbsenceView, ShiftRequest, ShiftView
from services.referrals.use_cases.browse_directory import list_records
from services.referrals.use_cases.come_back import come_back
from services.referrals.use_cases.end_shift import end_shift
from services.referrals.use_cases.list_absences import list_absences
from services.referrals.use_cases.put_on_call import NewShift, put_on_call
from services.referrals.use_cases.step_back import step_back
from shared.contracts.paging import Page
from shared.etags import IfMatch
from shared.idempotency import IdempotencyKey

router = APIRouter()


@router.post("/programmes/{programme_id}/shifts")
async def post_shift(
    programme_id: UUID, body: ShiftRequest, claims: Supervising, parts: Parts, request: Request, key: IdempotencyKey
) -> Response:
    """Put somebody on call: 201."""
    by, render = actor(claims), rendering(ShiftView.model_validate, status=201)
    same = once(request, by, key=key, body=body, render=render)
    new = NewShift(**dict(body))
    return respond(render(await put_on_call(programme_id, new, by=by, works=parts.works, clock=parts.clock, once=same)))


@router.get("/programmes/{programme_id}/shifts")
async def get_shifts(
    programme_id: UUID, claims: Staff, parts: Parts, limit: Limit = PAGE, cursor: Cursor = None
) -> Page[ShiftView]:
    """The programme's roster, in the order in which it was written."""
    by = actor(claims)
    at = place(parts, by, name="shifts", cursor=cursor, limit=limit)
    found = await list_records(
        by=by,
        works=parts.works,
        shelf=lambda work: work.shifts,
        where={"programme_id": programme_id},
        after=at.after,
        limit=at.reading,
    )
    return page(found, at=at, parts=parts, view=ShiftView.model_validate)


@router.post("/programmes/{programme_id}/shifts/{shift_id}/end")
async def post_shift_end(
    programme_id: UUID,
    shift_id: UUID,
    claims: Supervising,
    parts: Parts,
    request: Request,
    version: IfMatch,
    key: IdempotencyKey,
) -> Response:
    """End a shift now: 200."""
    by, render = actor(claims), rendering(ShiftView.model_validate, status=200)
    same = once(request, by, key=key, body=None, render=render, version=version)
    ended = await end_shift(
        shift_id,
        programme_id=programme_id,
        by=by,
        version=version,
        works=parts.works,
        clock=parts.clock,
        once=same,
    )
    return respond(render(ended))


@router.post("/workers/{worker_id}/absences")
async def post_absence(
    worker_id: UUID, body: AbsenceRequest, claims: CareTeam, parts: Parts, request: Request, key: IdempotencyKey
) -> Response:
    """Step back for a while: 201. What the worker holds is brought to somebody else within seconds."""
    by, render = actor(claims), rendering(AbsenceView.model_validate, status=201)
    same = once(request, by, key=key, body=body, render=render)
    begun = await step_back(
        worker_id,
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        by=by,
        works=parts.works,
        clock=parts.clock,
        once=same,
    )
    return respond(render(begun))


@router.get("/workers/{worker_id}/absences")
async def get_absences(
    worker_id: UUID, claims: CareTeam, parts: Parts, limit: Limit = PAGE, cursor: Cursor = None
) -> Page[AbsenceView]:
    """When the worker is not there: for themselves and supervisors."""
    by = actor(claims)
    at = place(parts, by, name="absences", cursor=cursor, limit=limit)
    found = await list_absences(worker_id, by=by, works=parts.works, after=at.after, limit=at.reading)
    return page(found, at=at, parts=parts, view=AbsenceView.model_validate)


@router.post("/workers/{worker_id}/absences/{absence_id}/end")
async def post_absence_end(
    worker_id: UUID,
    absence_id: UUID,
    claims: CareTeam,
    parts: Parts,
    request: Request,
    version: IfMatch,
    key: IdempotencyKey,
) -> Response:
    """Be there again: 200."""
    by, render = actor(claims), rendering(AbsenceView.model_validate, status=200)
    same = once(request, by, key=key, body=None, render=render, version=version)
    ended = await come_back(
        absence_id, worker_id=worker_id, by=by, version=version, works=parts.works, clock=parts.clock, once=same
    )
    return respond(render(ended))
