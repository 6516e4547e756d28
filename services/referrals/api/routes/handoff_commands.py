"""Commands on handoffs: one route per command of the state table that belongs to a person."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from services.referrals.api.dependencies import CareTeam, actor, rendering
from services.referrals.api.handoff_calls import Command, Frame
from services.referrals.api.handoff_schemas import (
    AcceptRequest,
    CloseRequest,
    ContactRequest,
    DeclineRequest,
    FollowUpRequest,
    IntroductionRequest,
    PreparationRequest,
    WithdrawRequest,
)
from services.referrals.api.handoff_views import HandoffReceipt
from services.referrals.domain.handoff_journey import Journey
from services.referrals.use_cases.accept_handoff import accept_handoff
from services.referrals.use_cases.close_handoff import close_handoff
from services.referrals.use_cases.decline_handoff import decline_handoff
from services.referrals.use_cases.once import Rendered
from services.referrals.use_cases.prepare_handoff import prepare_handoff
from services.referrals.use_cases.record_handoff_contact import record_handoff_contact
from services.referrals.use_cases.record_handoff_follow_up import record_handoff_follow_up
from services.referrals.use_cases.record_handoff_introduction import record_handoff_introduction
from services.referrals.use_cases.withdraw_handoff import withdraw_handoff
from shared.contracts.tokens import TokenClaims

router = APIRouter()


def _receipt(claims: TokenClaims, command: Frame) -> Callable[[Any], Rendered]:
    by, clock = actor(claims), command.parts.clock

    def view(journey: Journey) -> HandoffReceipt:
        return HandoffReceipt.of(journey, by=by, now=clock.now())

    return rendering(view, status=200, version=lambda journey: int(journey.handoff.version))


@router.post("/handoffs/{handoff_id}/accept")
async def post_accept(
    handoff_id: UUID, claims: CareTeam, command: Command, body: AcceptRequest | None = None
) -> Response:
    """Yes, I will. The body may be empty."""
    return await command.run(
        accept_handoff, handoff_id, claims=claims, body=body or AcceptRequest(), render=_receipt(claims, command)
    )


@router.post("/handoffs/{handoff_id}/decline")
async def post_decline(handoff_id: UUID, body: DeclineRequest, claims: CareTeam, command: Command) -> Response:
    """Can't right now, or outside my role: the next worker is asked."""
    return await command.run(
        decline_handoff, handoff_id, claims=claims, body=body, render=_receipt(claims, command), reason=body.reason
    )


@router.post("/handoffs/{handoff_id}/preparation")
async def post_preparation(handoff_id: UUID, body: PreparationRequest, claims: CareTeam, command: Command) -> Response:
    """Something that makes the leaving ready is done."""
    return await command.run(
        prepare_handoff, handoff_id, claims=claims, body=body, render=_receipt(claims, command), step=body.step
    )


@router.post("/handoffs/{handoff_id}/introduction")
async def post_introduction(
    handoff_id: UUID, body: IntroductionRequest, claims: CareTeam, command: Command
) -> Response:
    """The person and the peer have met, at the bedside or by phone."""
    return await command.run(
        record_handoff_introduction,
        handoff_id,
        claims=claims,
        body=body,
        render=_receipt(claims, command),
        how=body.how,
        peer_worker_id=body.peer_worker_id,
    )


@router.post("/handoffs/{handoff_id}/first-contact")
async def post_first_contact(handoff_id: UUID, body: ContactRequest, claims: CareTeam, command: Command) -> Response:
    """The acceptor reached the person for the first time, or tried to."""
    return await command.run(
        record_handoff_contact,
        handoff_id,
        claims=claims,
        body=body,
        render=_receipt(claims, command),
        how=body.how,
        reached=body.reached,
        reported_by=body.reported_by,
    )


@router.post("/handoffs/{handoff_id}/follow-up")
async def post_follow_up(handoff_id: UUID, body: FollowUpRequest, claims: CareTeam, command: Command) -> Response:
    """A contact after the first one."""
    return await command.run(
        record_handoff_follow_up,
        handoff_id,
        claims=claims,
        body=body,
        render=_receipt(claims, command),
        milestone=body.milestone,
        how=body.how,
        reached=body.reached,
        reported_by=body.reported_by,
    )


@router.post("/handoffs/{handoff_id}/close")
async def post_close(handoff_id: UUID, body: CloseRequest, claims: CareTeam, command: Command) -> Response:
    """Close the loop, with a word for how it ended."""
    return await command.run(
        close_handoff,
        handoff_id,
        claims=claims,
        body=body,
        render=_receipt(claims, command),
        outcome=body.outcome,
        reported_by=body.reported_by,
    )


@router.post("/handoffs/{handoff_id}/withdraw")
async def post_withdraw(handoff_id: UUID, body: WithdrawRequest, claims: CareTeam, command: Command) -> Response:
    """Take the handoff back while the discharge stands."""
    return await command.run(
        withdraw_handoff, handoff_id, claims=claims, body=body, render=_receipt(claims, command), reason=body.reason
    )
