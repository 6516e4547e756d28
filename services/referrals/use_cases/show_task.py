"""One task, to somebody who may know of it."""

from dataclasses import replace
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.task import TaskSeen, TaskStep
from services.referrals.use_cases.ports import TaskWork, WorkSource


async def show_task(task_id: UUID, *, by: Actor, works: WorkSource[TaskWork]) -> TaskSeen:
    """The task. Raises NotFound, also for one that the caller may not know of."""
    async with works.begin(by.tenant_id) as work:
        return await work.tasks.seen(task_id, by=by)


async def show_task_history(task_id: UUID, *, by: Actor, works: WorkSource[TaskWork]) -> list[TaskStep]:
    """Its steps, oldest first, with notes for the assigner's house alone. Raises NotFound as `show_task` does."""
    async with works.begin(by.tenant_id) as work:
        seen = await work.tasks.seen(task_id, by=by)
        steps = await work.tasks.history(task_id)
    return [step if seen.itself else replace(step, note=None) for step in steps]
