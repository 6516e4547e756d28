"""The review of a proposed task by a second person."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.referrals.api.dependencies import Parts, Supervising, actor, once, rendering, respond
from services.referrals.api.task_schemas import ReviewRequest, TaskView
from services.referrals.use_cases.decide_review import decide_review
from shared.etags import IfMatch
from shared.idempotency import IdempotencyKey

router = APIRouter()


@router.post("/tasks/{task_id}/review")
async def post_review(
    task_id: UUID,
    body: ReviewRequest,
    claims: Supervising,
    parts: Parts,
    request: Request,
    version: IfMatch,
    key: IdempotencyKey,
) -> Response:
    """A supervisor who neither asked nor was asked approves, which assigns, or declines."""
    by = actor(claims)
    render = rendering(TaskView.of_seen, status=200)
    task = await decide_review(
        task_id,
        body.decision,
        by=by,
        reason=body.reason,
        words=body.words,
        version=version,
        works=parts.works,
        clock=parts.clock,
        once=once(request, by, key=key, body=body, render=render, version=version),
    )
    return respond(render(task))
