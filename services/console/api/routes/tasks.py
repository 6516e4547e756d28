"""My tasks, one task, and its steps."""

import asyncio
from uuid import UUID

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from services.console.api.dependencies import CareTeam, ConsoleParts, Parts, directory_for, key_in, texts, version_in
from services.console.api.pages import see
from services.console.api.routes.handoffs import note_seen
from services.console.domain.session import Session
from services.console.use_cases.ports import Refused
from services.console.use_cases.review import ReviewForm, may_review, reasons_for
from services.console.use_cases.tasks import COMMANDS, TaskPage, read_my_tasks

router = APIRouter()


@router.get("/tasks")
async def get_tasks(request: Request, session: CareTeam, parts: Parts) -> Response:
    """Asked of me, and asked by me."""
    (asked_of_me, by_me, more), directory = await asyncio.gather(
        read_my_tasks(session, referrals=parts.neighbours.referrals), directory_for(session, parts)
    )
    return parts.pages.html(
        request, "pages/tasks.html", directory=directory, asked_of_me=asked_of_me, by_me=by_me, more=more
    )


@router.get("/tasks/{task_id}")
async def get_task(
    task_id: UUID, request: Request, session: CareTeam, parts: Parts, item: UUID | None = None
) -> Response:
    """One task: what was asked, what the scope guard said, what can be done."""
    page, _ = await asyncio.gather(
        show_task(task_id, request=request, by=session, parts=parts), note_seen(item, by=session, parts=parts)
    )
    return page


async def show_task(
    task_id: UUID,
    *,
    request: Request,
    by: Session,
    parts: ConsoleParts,
    review: ReviewForm | None = None,
    status: int = 200,
) -> Response:
    """The page; with a review that could not be taken as it was."""
    task, directory = await asyncio.gather(parts.neighbours.referrals.task(task_id, by=by), directory_for(by, parts))
    view = TaskPage(task=task, by=by)
    return parts.pages.html(
        request,
        "pages/task.html",
        status=status,
        directory=directory,
        view=view,
        review=review or ReviewForm(),
        reasons=reasons_for(task) if may_review(task, by=by) else {},
    )


@router.post("/tasks/{task_id}/{command}")
async def post_step(task_id: UUID, command: str, request: Request, session: CareTeam, parts: Parts) -> Response:
    """A step of the task."""
    if command not in COMMANDS:
        raise HTTPException(404)
    form = await texts(request)
    body: dict[str, str] = {}
    reasons = COMMANDS[command]
    if reasons is not None:
        if form.get("reason") not in reasons:
            raise HTTPException(404)
        body["reason"] = form["reason"]
    try:
        await parts.neighbours.referrals.task_command(
            task_id, command, body=body, version=version_in(form), key=key_in(form), by=session
        )
    except Refused as refused:
        if refused.status not in (403, 409, 412):
            raise
        return see(f"/tasks/{task_id}", trouble="moved_on")
    after = "/inbox" if command == "decline" else f"/tasks/{task_id}"
    return see(after, done=f"task_{command}")
