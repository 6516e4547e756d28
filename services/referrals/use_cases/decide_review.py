"""The word of a second person on a task that the scope guard wants looked at."""

from dataclasses import replace
from enum import StrEnum
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.errors import InvalidField, Stale
from services.referrals.domain.outcome import fact_of
from services.referrals.domain.task import TaskSeen, move_task
from services.referrals.domain.task_states import TaskCommand, TaskReason
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import TaskWork, WorkSource
from services.referrals.use_cases.question_of_today import question_of_today
from shared.clock import Clock
from shared.contracts.scope import input_digest


class ReviewDecision(StrEnum):
    """What a review ends with."""

    APPROVE = "approve"
    DECLINE = "decline"


_COMMANDS = {ReviewDecision.APPROVE: TaskCommand.APPROVE, ReviewDecision.DECLINE: TaskCommand.TURN_DOWN}


async def decide_review(
    task_id: UUID,
    decision: ReviewDecision,
    *,
    by: Actor,
    reason: TaskReason,
    words: str,
    version: int,
    works: WorkSource[TaskWork],
    clock: Clock,
    once: Once,
) -> TaskSeen:
    """The task, assigned or cancelled. It keeps the guard's decision; its history keeps who decided, `reason` and `words`.

    An approval holds for what the guard looked at. Where the facts about the worker or the programme are others today, it
    raises InvalidField `facts_changed`: the task has to be asked for anew. Raises NotFound, Stale, IllegalMove and
    NotYours (who asked, or was asked, is no second person) as `move_task` does, and WorkerRequired.
    """
    async with works.begin(by.tenant_id, once=once) as work:
        seen = await work.tasks.seen(task_id, by=by)
        task = seen.task
        if task.version != version:
            raise Stale(current=task.version)
        now = clock.now()
        moved, step = move_task(
            task,
            _COMMANDS[decision],
            by=by,
            at_home=seen.at_home,
            reason=reason,
            note=words,
            at=now,
            recorded_at=now,
        )
        if decision is ReviewDecision.APPROVE:
            today = await question_of_today(task, work=work, clock=clock)
            if input_digest(today) != input_digest(task.question):
                raise InvalidField("facts_changed", pointer="/decision")
        await work.tasks.change(moved, step)
        if (fact := fact_of(moved, step)) is not None:
            work.announce(fact[0], subject=moved.id, data=fact[1])
        shown = replace(seen, task=moved)
        work.answer(shown)
    return shown
