"""Handoffs: who is asked, who walks with the person, and until when."""

from functools import partial
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from services.referrals.api.dependencies import CareTeam, Parts, actor, rendering, respond
from services.referrals.api.handoff_dependencies import Walk
from services.referrals.api.handoff_timeline import HandoffTimeline
from services.referrals.api.handoff_views import HandoffLineView, HandoffReading
from services.referrals.api.pages import PAGE, Cursor, Limit, page, place
from services.referrals.domain.handoff_states import HandoffState
from services.referrals.use_cases.handoff_ports import HandoffFilter
from services.referrals.use_cases.list_handoffs import list_handoffs
from services.referrals.use_cases.read_handoff import read_handoff
from shared.contracts.paging import Page

router = APIRouter()


@router.get("/handoffs")
async def get_handoffs(
    claims: CareTeam,
    parts: Parts,
    walk: Walk,
    limit: Limit = PAGE,
    cursor: Cursor = None,
    state: Annotated[HandoffState | None, Query()] = None,
    worker: Annotated[Literal["me"] | None, Query()] = None,
    attention: Annotated[bool, Query()] = False,
) -> Page[HandoffLineView]:
    """Handoffs the caller may know of, newest first: `worker=me` those that lie with the caller, `attention` those to look at."""
    by = actor(claims)
    at = place(parts, by, name="handoffs", cursor=cursor, limit=limit)
    mine = by.acting_worker() if worker == "me" else None
    wanted = HandoffFilter(by=by, state=state, worker_id=mine, attention=attention)
    found = await list_handoffs(wanted, after=at.after, limit=at.reading, by=by, works=walk.works)
    return page(found, at=at, parts=parts, view=HandoffLineView.of)


@router.get("/handoffs/{handoff_id}")
async def get_handoff(handoff_id: UUID, claims: CareTeam, parts: Parts, walk: Walk) -> Response:
    """One handoff: its state, who acts next, by which clock, and its timeline."""
    by = actor(claims)
    reading = await read_handoff(handoff_id, by=by, works=walk.works)
    view = partial(HandoffReading.of_reading, by=by, now=parts.clock.now())
    version = reading.journey.handoff.version
    return respond(rendering(view, status=200, version=lambda _: version)(reading))


@router.get("/handoffs/{handoff_id}/timeline")
async def get_handoff_timeline(handoff_id: UUID, claims: CareTeam, parts: Parts, walk: Walk) -> HandoffTimeline:
    """Who knew what, when; with the custody line, and how long the person waited."""
    by = actor(claims)
    reading = await read_handoff(handoff_id, by=by, works=walk.works)
    return HandoffTimeline.of(reading, by=by, now=parts.clock.now())
