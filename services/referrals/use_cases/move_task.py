"""Start, hold, resume, complete, decline, fail or cancel a task."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.referrals.domain import task as tasks
from services.referrals.domain.actor import Actor
from services.referrals.domain.errors import Stale
from services.referrals.domain.outcome import fact_of
from services.referrals.domain.task import TaskSeen
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
) -> TaskSeen:
    """The moved task, as the caller may see it. `version` is the one the caller saw.

    Raises NotFound, Stale, IllegalMove, NotYours, InvalidField (reason or time).
    """
    happened = not_in_the_future(occurred_at, clock=clock)
    async with works.begin(by.tenant_id, once=once) as work:
        seen = await work.tasks.seen(task_id, by=by)
        task = seen.task
        if task.version != version:
            raise Stale(current=task.version)
        moved, step = tasks.move_task(
            task,
            command,
            by=by,
            at_home=seen.at_home,
            reason=reason,
            note=note,
            at=happened,
            recorded_at=clock.now(),
        )
        await work.tasks.change(moved, step)
        if (fact := fact_of(moved, step)) is not None:
            work.announce(fact[0], subject=moved.id, data=fact[1])
        shown = replace(seen, task=moved)
        work.answer(shown)
    return shown
