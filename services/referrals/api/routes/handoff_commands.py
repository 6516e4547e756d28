"""Commands on handoffs: one route per command of the state table that belongs to a person."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.referrals.api.dependencies import CareTeam, Parts, ReferralsParts, actor, rendering, respond
from services.referrals.api.handoff_calls import call
from services.referrals.api.handoff_dependencies import Walk
from services.referrals.api.handoff_schemas import (
    AcceptRequest,
    CloseRequest,
    ContactRequest,
    DeclineRequest,
    FollowUpRequest,
    IntroductionRequest,
    WithdrawRequest,
)
from services.referrals.api.handoff_views import HandoffReceipt
from services.referrals.domain.handoff_journey import Journey
from services.referrals.use_cases.accept_handoff import accept_handoff
from services.referrals.use_cases.close_handoff import close_handoff
from services.referrals.use_cases.decline_handoff import decline_handoff
from services.referrals.use_cases.once import Rendered
from services.referrals.use_cases.record_handoff_contact import record_handoff_contact
from services.referrals.use_cases.record_handoff_follow_up import record_handoff_follow_up
from services.referrals.use_cases.record_handoff_introduction import record_handoff_introduction
from services.referrals.use_cases.withdraw_handoff import withdraw_handoff
from shared.contracts.tokens import TokenClaims
from shared.etags import IfMatch
from shared.idempotency import IdempotencyKey

router = APIRouter()


def _renderer(claims: TokenClaims, parts: ReferralsParts) -> Callable[[Any], Rendered]:
    by = actor(claims)

    def view(journey: Journey) -> HandoffReceipt:
        return HandoffReceipt.of(journey, by=by, now=parts.clock.now())

    return rendering(view, status=200, version=lambda journey: int(journey.handoff.version))


@router.post("/handoffs/{handoff_id}/accept")
async def post_accept(
    handoff_id: UUID,
    claims: CareTeam,
    parts: Parts,
    walk: Walk,
    request: Request,
    version: IfMatch,
    key: IdempotencyKey,
    body: AcceptRequest | None = None,
) -> Response:
    """Yes, I will. The body may be empty."""
    body = body or AcceptRequest()
    render = _renderer(claims, parts)
    called = call(
        request,
        claims=claims,
        parts=parts,
        walk=walk,
        version=version,
        key=key,
        body=body,
        occurred_at=body.occurred_at,
        render=render,
    )
    return respond(render(await accept_handoff(handoff_id, **called)))


@router.post("/handoffs/{handoff_id}/decline")
async def post_decline(
    handoff_id: UUID,
    body: DeclineRequest,
    claims: CareTeam,
    parts: Parts,
    walk: Walk,
    request: Request,
    version: IfMatch,
    key: IdempotencyKey,
) -> Response:
    """Can't right now, or outside my role: the next worker is asked."""
    render = _renderer(claims, parts)
    called = call(
        request,
        claims=claims,
        parts=parts,
        walk=walk,
        version=version,
        key=key,
        body=body,
        occurred_at=body.occurred_at,
        render=render,
    )
    return respond(render(await decline_handoff(handoff_id, reason=body.reason, **called)))


@router.post("/handoffs/{handoff_id}/introduction")
async def post_introduction(
    handoff_id: UUID,
    body: IntroductionRequest,
    claims: CareTeam,
    parts: Parts,
    walk: Walk,
    request: Request,
    version: IfMatch,
    key: IdempotencyKey,
) -> Response:
    """The person and the peer have met, at the bedside or by phone."""
    render = _renderer(claims, parts)
    called = call(
        request,
        claims=claims,
        parts=parts,
        walk=walk,
        version=version,
        key=key,
        body=body,
        occurred_at=body.occurred_at,
        render=render,
    )
    return respond(
        render(
            await record_handoff_introduction(handoff_id, how=body.how, peer_worker_id=body.peer_worker_id, **called)
        )
    )


@router.post("/handoffs/{handoff_id}/first-contact")
async def post_first_contact(
    handoff_id: UUID,
    body: ContactRequest,
    claims: CareTeam,
    parts: Parts,
    walk: Walk,
    request: Request,
    version: IfMatch,
    key: IdempotencyKey,
) -> Response:
    """The acceptor reached the person for the first time, or tried to."""
    render = _renderer(claims, parts)
    called = call(
        request,
        claims=claims,
        parts=parts,
        walk=walk,
        version=version,
        key=key,
        body=body,
        occurred_at=body.occurred_at,
        render=render,
    )
    return respond(
        render(
            await record_handoff_contact(
                handoff_id, how=body.how, reached=body.reached, reported_by=body.reported_by, **called
            )
        )
    )


@router.post("/handoffs/{handoff_id}/follow-up")
async def post_follow_up(
    handoff_id: UUID,
    body: FollowUpRequest,
    claims: CareTeam,
    parts: Parts,
    walk: Walk,
    request: Request,
    version: IfMatch,
    key: IdempotencyKey,
) -> Response:
    """A contact after the first one."""
    render = _renderer(claims, parts)
    called = call(
        request,
        claims=claims,
        parts=parts,
        walk=walk,
        version=version,
        key=key,
        body=body,
        occurred_at=body.occurred_at,
        render=render,
    )
    return respond(
        render(
            await record_handoff_follow_up(
                handoff_id,
                milestone=body.milestone,
                how=body.how,
                reached=body.reached,
                reported_by=body.reported_by,
                **called,
            )
        )
    )


@router.post("/handoffs/{handoff_id}/close")
async def post_close(
    handoff_id: UUID,
    body: CloseRequest,
    claims: CareTeam,
    parts: Parts,
    walk: Walk,
    request: Request,
    version: IfMatch,
    key: IdempotencyKey,
) -> Response:
    """Close the loop, with a word for how it ended."""
    render = _renderer(claims, parts)
    called = call(
        request,
        claims=claims,
        parts=parts,
        walk=walk,
        version=version,
        key=key,
        body=body,
        occurred_at=body.occurred_at,
        render=render,
    )
    return respond(
        render(await close_handoff(handoff_id, outcome=body.outcome, reported_by=body.reported_by, **called))
    )


@router.post("/handoffs/{handoff_id}/withdraw")
async def post_withdraw(
    handoff_id: UUID,
    body: WithdrawRequest,
    claims: CareTeam,
    parts: Parts,
    walk: Walk,
    request: Request,
    version: IfMatch,
    key: IdempotencyKey,
) -> Response:
    """Take the handoff back while the discharge stands."""
    render = _renderer(claims, parts)
    called = call(
        request,
        claims=claims,
        parts=parts,
        walk=walk,
        version=version,
        key=key,
        body=body,
        occurred_at=body.occurred_at,
        render=render,
    )
    return respond(render(await withdraw_handoff(handoff_id, reason=body.reason, **called)))
