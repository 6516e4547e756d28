"""Start, hold, resume, complete, decline, fail or cancel a task."""

from datetime import datetime
from uuid import UUID

from services.referrals.domain import task as tasks
from services.referrals.domain.actor import Actor
from services.referrals.domain.errors import NotFound, Stale
from services.referrals.domain.outcome import fact_of
from services.referrals.domain.task import Task
from services.referrals.domain.task_states import TaskCommand, TaskReason
from services.referrals.domain.times import not_in_the_future
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import TaskWork, WorkSource
from shared.clock import Clock


async def move_task(
    task_id: UUID,
    command: TaskCommand,
    *,
    by: Actor,
    version: int,
    works: WorkSource[TaskWork],
    clock: Clock,
    once: Once,
    reason: TaskReason | None = None,
    note: str | None = None,
    occurred_at: datetime | None = None,
) -> Task:
    """The moved task. `version` is the one the caller saw.

    Raises NotFound, Stale, IllegalMove, NotYours, InvalidField (reason or time).
    """
    happened = not_in_the_future(occurred_at, clock=clock)
    async with works.begin(by.tenant_id, once=once) as work:
        task = await work.tasks.get(task_id)
        if not task.visible_to(by):
            raise NotFound("task")
        if task.version != version:
            raise Stale(current=task.version)
        moved, step = tasks.move_task(
            task, command, by=by, reason=reason, note=note, at=happened, recorded_at=clock.now()
        )
        await work.tasks.change(moved, step)
        if (fact := fact_of(moved, step)) is not None:
            work.announce(fact[0], subject=moved.id, data=fact[1])
        work.answer(moved)
    return moved
