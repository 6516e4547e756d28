"""One task, to somebody who may know of it."""

from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.errors import NotFound
from services.referrals.domain.task import Task, TaskStep
from services.referrals.use_cases.ports import TaskWork, WorkSource


async def show_task(task_id: UUID, *, by: Actor, works: WorkSource[TaskWork]) -> Task:
    """The task. Raises NotFound, also for one that the caller may not know of."""
    async with works.begin(by.tenant_id) as work:
        task = await work.tasks.get(task_id)
    if not task.visible_to(by):
        raise NotFound("task")
    return task


async def show_task_history(task_id: UUID, *, by: Actor, works: WorkSource[TaskWork]) -> list[TaskStep]:
    """Its steps, oldest first. Raises NotFound as `show_task` does."""
    async with works.begin(by.tenant_id) as work:
        task = await work.tasks.get(task_id)
        if not task.visible_to(by):
            raise NotFound("task")
        return list(await work.tasks.history(task_id))
