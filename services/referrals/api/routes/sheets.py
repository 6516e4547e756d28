"""The sheet of a handoff: what the person wants and what helps, in parts, with every earlier version."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.referrals.api.dependencies import CareTeam, Parts, actor, once, rendering, respond
from services.referrals.api.handoff_dependencies import Walk
from services.referrals.api.pages import PAGE, Cursor, Limit, page, place
from services.referrals.api.sheet_requests import SheetChangeRequest
from services.referrals.api.sheet_views import RevisionView, SheetReceipt, SheetView
from services.referrals.use_cases.change_sheet import change_sheet
from services.referrals.use_cases.handoff_ports import Asked
from services.referrals.use_cases.list_sheet_revisions import list_sheet_revisions
from services.referrals.use_cases.read_sheet import read_sheet
from shared.contracts.paging import Page
from shared.etags import IfMatch
from shared.idempotency import IdempotencyKey

router = APIRouter()


@router.get("/handoffs/{handoff_id}/sheet")
async def get_sheet(
    handoff_id: UUID,
    claims: CareTeam,
    walk: Walk,
    version: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> Response:
    """The sheet with what is still missing; `version` shows it as it stood then."""
    reading = await read_sheet(handoff_id, by=actor(claims), works=walk.sheets, version=version)
    return respond(rendering(SheetView.of, status=200, version=lambda _: reading.seen.newest)(reading))


@router.patch("/handoffs/{handoff_id}/sheet")
async def patch_sheet(
    handoff_id: UUID,
    body: SheetChangeRequest,
    claims: CareTeam,
    parts: Parts,
    walk: Walk,
    request: Request,
    version: IfMatch,
    key: IdempotencyKey,
) -> Response:
    """Write down one part or several: a new version; the answer says what is still missing, and none of the words."""
    by = actor(claims)
    render = rendering(
        partial(SheetReceipt.of_seen, handoff_id=handoff_id), status=200, version=lambda seen: int(seen.newest)
    )
    seen = await change_sheet(
        handoff_id,
        body.said(),
        asked=Asked(by=by, expected_version=version, occurred_at=body.occurred_at),
        works=walk.sheets,
        clock=parts.clock,
        once=once(request, by, key=key, body=body, render=render, version=version),
    )
    return respond(render(seen))


@router.get("/handoffs/{handoff_id}/sheet/revisions")
async def get_revisions(
    handoff_id: UUID, claims: CareTeam, parts: Parts, walk: Walk, limit: Limit = PAGE, cursor: Cursor = None
) -> Page[RevisionView]:
    """Who changed which parts and when, newest first; for the sending organisation."""
    by = actor(claims)
    at = place(parts, by, name=f"sheet:{handoff_id}", cursor=cursor, limit=limit)
    found = await list_sheet_revisions(handoff_id, by=by, works=walk.sheets, after=at.after, limit=at.reading)
    return page(found, at=at, parts=parts, view=RevisionView.of)
