"""The review queue, and the word of a second person on one task."""

import asyncio
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.console.api.dependencies import Parts, Supervising, directory_for, key_in, texts, version_in
from services.console.api.pages import see
from services.console.api.routes.tasks import show_task
from services.console.use_cases.ports import Refused
from services.console.use_cases.review import ReviewForm, read_queue

router = APIRouter()


@router.get("/review")
async def get_review(request: Request, session: Supervising, parts: Parts) -> Response:
    """What waits, and why; those due first."""
    view, directory = await asyncio.gather(
        read_queue(session, now=parts.pages.now(), referrals=parts.neighbours.referrals),
        directory_for(session, parts),
    )
    return parts.pages.html(request, "pages/review.html", directory=directory, view=view)


@router.post("/tasks/{task_id}/review")
async def post_review(task_id: UUID, request: Request, session: Supervising, parts: Parts) -> Response:
    """Approve, which assigns, or decline; both with a reason in words."""
    given = await texts(request)
    form = ReviewForm.read(given)
    if form.errors:
        return await show_task(task_id, request=request, by=session, parts=parts, review=form, status=422)
    try:
        await parts.neighbours.referrals.task_command(
            task_id, "review", body=form.body, version=version_in(given), key=key_in(given), by=session
        )
    except Refused as refused:
        if refused.status == 422:
            errors = {"choice": "review.error.changed"}
            again = ReviewForm(choice=form.choice, words=form.words, errors=errors)
            return await show_task(task_id, request=request, by=session, parts=parts, review=again, status=409)
        if refused.status not in (403, 409, 412):
            raise
        return see(f"/tasks/{task_id}", trouble="moved_on")
    return see("/review", done=f"review_{form.body['decision']}")
