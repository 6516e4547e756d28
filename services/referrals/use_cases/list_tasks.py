"""Tasks the caller may know of, newest first; `status=proposed` is the review queue."""

from collections.abc import Sequence
from uuid import UUID

from services.referrals.domain.task import TaskSeen
from services.referrals.use_cases.ports import TaskFilter, TaskWork, WorkSource


async def list_tasks(
    wanted: TaskFilter, *, works: WorkSource[TaskWork], after: UUID | None, limit: int
) -> Sequence[TaskSeen]:
    """Up to `limit` tasks, beginning after the one with id `after`."""
    async with works.begin(wanted.visible_to.tenant_id) as work:
        return await work.tasks.page(wanted, after=after, limit=limit)
