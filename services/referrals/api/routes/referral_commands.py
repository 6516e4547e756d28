"""What can be done to a referral: one route per command of the tables that belongs to a person."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel

from services.referrals.api.dependencies import CareTeam, Parts, actor, once, rendering, respond
from services.referrals.api.referral_dependencies import Refer, ReferralParts
from services.referrals.api.referral_schemas import (
    ClosingRequest,
    FeedbackRequest,
    OccurredRequest,
    PersonWordRequest,
    PlainRequest,
    ProgressRequest,
    ReasonRequest,
    RecipientRequest,
    RejectRequest,
    ScheduleRequest,
)
from services.referrals.api.referral_views import NoteView, ReferralMade, receipt_of
from services.referrals.domain.referral import Referral
from services.referrals.domain.referral_progress import ProgressStep
from services.referrals.domain.referral_standing import Said
from services.referrals.domain.referral_states import ReferralCommand
from services.referrals.use_cases.accept_referral import accept_referral
from services.referrals.use_cases.add_referral_feedback import add_referral_feedback
from services.referrals.use_cases.move_referral import move_referral
from services.referrals.use_cases.once import Once, Rendered
from services.referrals.use_cases.record_referral_meeting import Meeting, record_referral_meeting
from services.referrals.use_cases.record_referral_word import record_referral_word
from services.referrals.use_cases.referral_ports import ReferralAsked
from services.referrals.use_cases.report_referral_progress import report_referral_progress
from services.referrals.use_cases.request_referral import request_referral
from services.referrals.use_cases.reroute_referral import reroute_referral
from services.referrals.use_cases.unaccept_referral import unaccept_referral
from shared.clock import Clock
from shared.etags import IfMatch
from shared.idempotency import IdempotencyKey

router = APIRouter()

_receipt = rendering(receipt_of, status=200)
_made = rendering(ReferralMade.of, status=200)


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What every command is called with: which referral, who asks, which version they saw, and the key to do it once."""

    referral_id: UUID
    asked: ReferralAsked
    once: Once
    clock: Clock
    refer: ReferralParts


Act = Callable[[Any, Turn], Awaitable[Referral]]


def _route(
    name: str, body_type: type[BaseModel], act: Act, *, summary: str, render: Callable[[Any], Rendered] = _receipt
) -> None:
    """One route. FastAPI reads the body's type from the function, so each route has a function of its own."""

    async def post(
        referral_id: UUID,
        body: Any,
        claims: CareTeam,
        parts: Parts,
        refer: Refer,
        request: Request,
        version: IfMatch,
        key: IdempotencyKey,
    ) -> Response:
        by = actor(claims)
        turn = Turn(
            referral_id=referral_id,
            asked=ReferralAsked(by=by, version=version, occurred_at=body.occurred_at),
            once=once(request, by, key=key, body=body, render=render, version=version),
            clock=parts.clock,
            refer=refer,
        )
        return respond(render(await act(body, turn)))

    post.__annotations__["body"] = body_type
    router.add_api_route(f"/referrals/{{referral_id}}/{name}", post, methods=["POST"], summary=summary)


async def _accept(body: OccurredRequest, turn: Turn) -> Referral:
    return await accept_referral(
        turn.referral_id, asked=turn.asked, works=turn.refer.works, tools=turn.refer.tools, once=turn.once
    )


async def _request(body: RecipientRequest, turn: Turn) -> Referral:
    return await request_referral(turn.referral_id, **_recipient(body, turn))


async def _reroute(body: RecipientRequest, turn: Turn) -> Referral:
    return await reroute_referral(turn.referral_id, **_recipient(body, turn))


def _recipient(body: RecipientRequest, turn: Turn) -> dict[str, Any]:
    return {
        "recipient_worker_id": body.recipient_worker_id,
        "recipient_team_id": body.recipient_team_id,
        "asked": turn.asked,
        "works": turn.refer.works,
        "tools": turn.refer.tools,
        "once": turn.once,
    }


async def _unaccept(body: ReasonRequest, turn: Turn) -> Referral:
    return await unaccept_referral(
        turn.referral_id,
        said=body.said(),
        asked=turn.asked,
        works=turn.refer.works,
        rules=turn.refer.tools.rules,
        clock=turn.clock,
        once=turn.once,
    )


def _move(command: ReferralCommand) -> Act:
    async def act(body: PlainRequest, turn: Turn) -> Referral:
        return await move_referral(
            turn.referral_id,
            command,
            said=body.said(),
            text=body.text,
            asked=turn.asked,
            works=turn.refer.works,
            rules=turn.refer.tools.rules,
            clock=turn.clock,
            once=turn.once,
        )

    return act


def _progress(step: ProgressStep) -> Act:
    async def act(body: ProgressRequest, turn: Turn) -> Referral:
        return await report_referral_progress(
            turn.referral_id,
            step,
            scheduled_at=body.scheduled_at if isinstance(body, ScheduleRequest) else None,
            said=Said(reported_by=body.reported_by),
            asked=turn.asked,
            works=turn.refer.works,
            clock=turn.clock,
            once=turn.once,
        )

    return act


def _meeting(meeting: Meeting) -> Act:
    async def act(body: OccurredRequest, turn: Turn) -> Referral:
        return await record_referral_meeting(
            turn.referral_id, meeting, asked=turn.asked, works=turn.refer.works, clock=turn.clock, once=turn.once
        )

    return act


async def _person_word(body: PersonWordRequest, turn: Turn) -> Referral:
    return await record_referral_word(
        turn.referral_id,
        body.word,
        own_words=body.own_words,
        asked=turn.asked,
        works=turn.refer.works,
        clock=turn.clock,
        once=turn.once,
    )


_C = ReferralCommand

_route("request", RecipientRequest, _request, summary="Ask somebody about a draft", render=_made)
_route("reroute", RecipientRequest, _reroute, summary="The same need, to somebody else: the new referral", render=_made)
_route("accept", OccurredRequest, _accept, summary="Take it on; the first qualified member of a team wins")
_route("unaccept", ReasonRequest, _unaccept, summary="Step back: it fails with the reason, and the need is asked again")

for _command, _body, _summary in (
    (_C.REJECT, RejectRequest, "A no, with what comes next"),
    (_C.START, PlainRequest, "The recipient begins"),
    (_C.HOLD, ReasonRequest, "The recipient waits for somebody"),
    (_C.RESUME, PlainRequest, "The recipient goes on"),
    (_C.COMPLETE, ClosingRequest, "The recipient has done it"),
    (_C.FAIL, ReasonRequest, "The recipient could not bring it about"),
    (_C.CANCEL, ReasonRequest, "Taken back while unanswered, or the recipient's yes to a cancellation"),
    (_C.CLOSE, ClosingRequest, "The requester closes the loop, on their own or the person's word"),
    (_C.MARK_ERROR, PlainRequest, "It should never have been"),
):
    _route(_command.value, _body, _move(_command), summary=_summary)

for _step in ProgressStep:
    _reported = ScheduleRequest if _step is ProgressStep.SCHEDULE else ProgressRequest
    _route(_step.value, _reported, _progress(_step), summary=f"Report: {_step.value.replace('-', ' ')}")

for _met in Meeting:
    _route(_met.value, OccurredRequest, _meeting(_met), summary=f"Record: {_met.value.replace('-', ' ')}")

_route("person-word", PersonWordRequest, _person_word, summary="The person's own word afterwards")


@router.post("/referrals/{referral_id}/feedback")
async def post_feedback(
    referral_id: UUID,
    body: FeedbackRequest,
    claims: CareTeam,
    parts: Parts,
    refer: Refer,
    request: Request,
    key: IdempotencyKey,
) -> Response:
    """Tell the other side how it goes: 201. The referral itself does not change."""
    by = actor(claims)

    def render(note: object) -> Rendered:
        return Rendered(status=201, body=NoteView.model_validate(note).model_dump_json())

    note = await add_referral_feedback(
        referral_id,
        body.text,
        by=by,
        works=refer.works,
        clock=parts.clock,
        once=once(request, by, key=key, body=body, render=render),
        occurred_at=body.occurred_at,
    )
    return respond(render(note))
