"""Transitions: planned, discharged, taken back."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.referrals.api.dependencies import CareTeam, Intake, Parts, actor, once, rendering, respond
from services.referrals.api.handoff_calls import Command
from services.referrals.api.handoff_dependencies import Walk
from services.referrals.api.pages import PAGE, Cursor, Limit, page, place
from services.referrals.api.transition_schemas import (
    DischargeRequest,
    EndTransitionRequest,
    ReplanRequest,
    TransitionReading,
    TransitionReceipt,
    TransitionRequest,
    TransitionView,
)
from services.referrals.domain.actor import Actor
from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.transition_states import TransitionStatus
from services.referrals.use_cases.cancel_transition import cancel_transition
from services.referrals.use_cases.discharge_transition import discharge_transition
from services.referrals.use_cases.handoff_ports import TransitionFilter
from services.referrals.use_cases.list_transitions import list_transitions
from services.referrals.use_cases.once import Rendered
from services.referrals.use_cases.plan_transition import plan_transition
from services.referrals.use_cases.read_transition import read_transition
from services.referrals.use_cases.replan_transition import replan_transition
from services.referrals.use_cases.retract_transition import retract_transition
from shared.contracts.paging import Page
from shared.idempotency import IdempotencyKey

router = APIRouter()


def _version(journey: Journey) -> int:
    return journey.transition.version


def _render(journey: Journey, *, by: Actor, status: int = 200) -> Rendered:
    return rendering(partial(TransitionReceipt.of_journey, by=by), status=status, version=_version)(journey)


@router.post("/transitions", status_code=201)
async def post_transition(
    body: TransitionRequest, claims: Intake, parts: Parts, walk: Walk, request: Request, key: IdempotencyKey
) -> Response:
    """Plan a transition, or record a discharge that nobody planned."""
    by = actor(claims)
    render = partial(_render, by=by, status=201)
    journey = await plan_transition(
        body.new(),
        newcomer=body.newcomer,
        by=by,
        works=walk.works,
        protocols=walk.protocols,
        clock=parts.clock,
        once=once(request, by, key=key, body=body, render=render),
    )
    return respond(render(journey))


@router.get("/transitions")
async def get_transitions(
    claims: CareTeam,
    parts: Parts,
    walk: Walk,
    limit: Limit = PAGE,
    cursor: Cursor = None,
    status: Annotated[TransitionStatus | None, Query()] = None,
    owner_worker_id: Annotated[UUID | None, Query()] = None,
) -> Page[TransitionView]:
    """Transitions the caller may know of, newest first; `status=planned` is the list of discharges coming."""
    by = actor(claims)
    at = place(parts, by, name="transitions", cursor=cursor, limit=limit)
    wanted = TransitionFilter(by=by, status=status, owner_worker_id=owner_worker_id)
    found = await list_transitions(wanted, after=at.after, limit=at.reading, by=by, works=walk.works)
    return page(found, at=at, parts=parts, view=TransitionView.of)


@router.get("/transitions/{transition_id}")
async def get_transition(transition_id: UUID, claims: CareTeam, walk: Walk) -> Response:
    """One transition with its custody line."""
    by = actor(claims)
    reading = await read_transition(transition_id, by=by, works=walk.works)
    version = reading.journey.transition.version
    shown = partial(TransitionReading.of_reading, by=by)
    return respond(rendering(shown, status=200, version=lambda _: version)(reading))


@router.post("/transitions/{transition_id}/replan")
async def post_replan(transition_id: UUID, body: ReplanRequest, claims: Intake, command: Command) -> Response:
    """The discharge is expected at another time."""
    return await command.run(
        replan_transition,
        transition_id,
        claims=claims,
        body=body,
        render=partial(_render, by=actor(claims)),
        expected_at=body.expected_at,
    )


@router.post("/transitions/{transition_id}/discharge")
async def post_discharge(
    transition_id: UUID, claims: Intake, command: Command, body: DischargeRequest | None = None
) -> Response:
    """The person has left: the handoff is offered and its clocks start. The body may be empty."""
    return await command.run(
        discharge_transition,
        transition_id,
        claims=claims,
        body=body or DischargeRequest(),
        render=partial(_render, by=actor(claims)),
    )


@router.post("/transitions/{transition_id}/cancel")
async def post_cancel(transition_id: UUID, body: EndTransitionRequest, claims: Intake, command: Command) -> Response:
    """Drop the plan."""
    return await command.run(
        cancel_transition,
        transition_id,
        claims=claims,
        body=body,
        render=partial(_render, by=actor(claims)),
        reason=body.reason,
    )


@router.post("/transitions/{transition_id}/retract")
async def post_retract(transition_id: UUID, body: EndTransitionRequest, claims: Intake, command: Command) -> Response:
    """The discharge did not happen after all: everything it set in motion is taken back."""
    return await command.run(
        retract_transition,
        transition_id,
        claims=claims,
        body=body,
        render=partial(_render, by=actor(claims)),
        reason=body.reason,
    )
