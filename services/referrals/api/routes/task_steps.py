"""The steps of a task: one route per command of the state table that belongs to a person."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.referrals.api.dependencies import CareTeam, Parts, ReferralsParts, actor, once, rendering, respond
from services.referrals.api.task_schemas import StepRequest, StepWithReasonRequest, TaskView
from services.referrals.domain.task_states import TaskCommand
from services.referrals.use_cases.move_task import move_task
from shared.contracts.tokens import TokenClaims
from shared.etags import IfMatch
from shared.idempotency import IdempotencyKey

router = APIRouter()


async def _step(
    task_id: UUID,
    command: TaskCommand,
    *,
    body: StepRequest,
    claims: TokenClaims,
    parts: ReferralsParts,
    request: Request,
    version: int,
    key: str | None,
) -> Response:
    by = actor(claims)
    render = rendering(TaskView.of_seen, status=200)
    moved = await move_task(
        task_id,
        command,
        by=by,
        version=version,
        works=parts.works,
        clock=parts.clock,
        once=once(request, by, key=key, body=body, render=render, version=version),
        reason=body.reason if isinstance(body, StepWithReasonRequest) else None,
        note=body.note,
        occurred_at=body.occurred_at,
    )
    return respond(render(moved))


def _route(command: TaskCommand, *, says_why: bool, summary: str) -> None:
    """Both kinds of body get a route function of their own, because FastAPI reads the body's type from it."""

    async def post_step(
        task_id: UUID,
        body: StepRequest,
        claims: CareTeam,
        parts: Parts,
        request: Request,
        version: IfMatch,
        key: IdempotencyKey,
    ) -> Response:
        return await _step(
            task_id, command, body=body, claims=claims, parts=parts, request=request, version=version, key=key
        )

    async def post_step_with_reason(
        task_id: UUID,
        body: StepWithReasonRequest,
        claims: CareTeam,
        parts: Parts,
        request: Request,
        version: IfMatch,
        key: IdempotencyKey,
    ) -> Response:
        return await _step(
            task_id, command, body=body, claims=claims, parts=parts, request=request, version=version, key=key
        )

    endpoint = post_step_with_reason if says_why else post_step
    router.add_api_route(f"/tasks/{{task_id}}/{command.value}", endpoint, methods=["POST"], summary=summary)


_route(TaskCommand.START, says_why=False, summary="The assignee begins")
_route(TaskCommand.HOLD, says_why=True, summary="The assignee waits for somebody")
_route(TaskCommand.RESUME, says_why=False, summary="The assignee goes on")
_route(TaskCommand.COMPLETE, says_why=False, summary="The assignee has done it")
_route(TaskCommand.DECLINE, says_why=True, summary="The assignee can't right now, or it is outside their role")
_route(TaskCommand.FAIL, says_why=True, summary="The assignee could not finish it")
_route(TaskCommand.CANCEL, says_why=True, summary="Who asked, or a supervisor, takes it back")
