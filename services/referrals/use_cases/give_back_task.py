"""Bring a task back to whoever asked for it, because the worker who has it cannot go on; in the commit at hand."""

from datetime import datetime
from uuid import UUID

from services.referrals.domain.outcome import Patience, fact_of, release
from services.referrals.domain.task_states import TaskReason
from services.referrals.use_cases.ports import TaskWork


async def give_back(task_id: UUID, *, work: TaskWork, reason: TaskReason, now: datetime, patience: Patience) -> None:
    """Proposed again, for the assigner and a second person to see; the assigner is told. Raises NotFound, IllegalMove."""
    released, step = release(await work.tasks.get(task_id), reason=reason, now=now, patience=patience)
    await work.tasks.change(released, step)
    if (fact := fact_of(released, step)) is not None:
        work.announce(fact[0], subject=released.id, data=fact[1])
