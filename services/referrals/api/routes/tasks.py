"""Tasks: asked for here, given out only by the scope guard's word."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.referrals.api.dependencies import CareTeam, Parts, actor, once, rendered_once, rendering, respond
from services.referrals.api.pages import PAGE, Cursor, Limit, page, place
from services.referrals.api.refusals import render_assignment
from services.referrals.api.task_schemas import TaskHistoryView, TaskRequest, TaskStepView, TaskView
from services.referrals.domain.task_states import TaskStatus
from services.referrals.use_cases.assign_task import assign_task
from services.referrals.use_cases.list_tasks import list_tasks
from services.referrals.use_cases.ports import TaskFilter
from services.referrals.use_cases.show_task import show_task, show_task_history
from shared.contracts.paging import Page
from shared.idempotency import IdempotencyKey

router = APIRouter()


@router.post("/tasks")
async def post_task(
    body: TaskRequest, claims: CareTeam, parts: Parts, request: Request, key: IdempotencyKey
) -> Response:
    """Ask a worker to do something: 201 assigned, 202 proposed or undecided, 409 outside the role."""
    by = actor(claims)
    render = rendered_once(partial(render_assignment, patience=parts.patience))
    result = await assign_task(
        body.wish(),
        by=by,
        desk=parts.works,
        guard=parts.guard,
        clock=parts.clock,
        patience=parts.patience,
        once=once(request, by, key=key, body=body, render=render),
        occurred_at=body.occurred_at,
        due_at=body.due_at,
    )
    return respond(render(result))


@router.get("/tasks")
async def get_tasks(
    claims: CareTeam,
    parts: Parts,
    limit: Limit = PAGE,
    cursor: Cursor = None,
    status: Annotated[TaskStatus | None, Query()] = None,
    assignee_worker_id: Annotated[UUID | None, Query()] = None,
    person_id: Annotated[UUID | None, Query()] = None,
) -> Page[TaskView]:
    """Tasks the caller may know of, newest first; `status=proposed` is the review queue."""
    by = actor(claims)
    at = place(parts, by, name="tasks", cursor=cursor, limit=limit)
    wanted = TaskFilter(visible_to=by, status=status, assignee_worker_id=assignee_worker_id, person_id=person_id)
    found = await list_tasks(wanted, works=parts.works, after=at.after, limit=at.reading)
    return page(found, at=at, parts=parts, view=TaskView.of_seen)


@router.get("/tasks/{task_id}")
async def get_task(task_id: UUID, claims: CareTeam, parts: Parts) -> Response:
    """One task."""
    found = await show_task(task_id, by=actor(claims), works=parts.works)
    return respond(rendering(TaskView.of_seen, status=200)(found))


@router.get("/tasks/{task_id}/history")
async def get_task_history(task_id: UUID, claims: CareTeam, parts: Parts) -> TaskHistoryView:
    """Every step the task has taken, oldest first."""
    steps = await show_task_history(task_id, by=actor(claims), works=parts.works)
    return TaskHistoryView(items=tuple(TaskStepView.model_validate(step) for step in steps))
