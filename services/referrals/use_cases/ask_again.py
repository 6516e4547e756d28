"""Ask the scope guard again about tasks it gave no answer for; safe under any number of sweeps at once."""

import asyncio
from datetime import timedelta
from uuid import UUID

from services.referrals.domain.errors import InvalidField, NotFound, Stale, WorkerRequired
from services.referrals.domain.outcome import Patience, fact_of, give_up, settle_later, still_undecided
from services.referrals.domain.task import Task, TaskStep
from services.referrals.domain.task_states import TaskReason
from services.referrals.domain.verdicts import Permitted, Undecided, weigh
from services.referrals.use_cases.ports import ScopeGuard, TaskWork, UndecidedTasks, WorkSource
from services.referrals.use_cases.question_of_today import question_of_today
from shared.clock import Clock
from shared.contracts.scope import input_digest

LEASE = timedelta(seconds=15)
"""Longer than the guard may take; a sweep that dies in the middle holds its tasks no longer than this."""
AT_ONCE = 20


async def ask_again(
    *, works: WorkSource[TaskWork], undecided: UndecidedTasks, guard: ScopeGuard, clock: Clock, patience: Patience
) -> int:
    """Ask about every task that is due, up to a batch; the number of tasks that are decided now."""
    now = clock.now()
    due = await undecided.lease(now=now, until=now + LEASE, limit=AT_ONCE)
    settled = await asyncio.gather(
        *(
            _ask_about(task_id, tenant_id=tenant_id, works=works, guard=guard, clock=clock, patience=patience)
            for tenant_id, task_id in due
        )
    )
    return sum(settled)


async def _ask_about(
    task_id: UUID,
    *,
    tenant_id: UUID,
    works: WorkSource[TaskWork],
    guard: ScopeGuard,
    clock: Clock,
    patience: Patience,
) -> bool:
    async with works.begin(tenant_id) as work:
        task = await work.tasks.get(task_id)
        obstacle = TaskReason.OTHER
        try:
            fresh = await question_of_today(task, work=work, clock=clock)
        except (NotFound, InvalidField, WorkerRequired) as error:
            fresh = None
            if error.pointer == "/assignee_worker_id":
                away = isinstance(error, InvalidField) and error.code == "not_available"
                obstacle = TaskReason.ASSIGNEE_AWAY if away else TaskReason.ASSIGNEE_LEFT
    if task.ask_again_at is None:
        return False
    # The question as it was first asked comes first: its answer may only have been lost on the way, and then
    # asking anything else would leave a second boundary event behind.
    question = task.question
    weighed = weigh(await guard.decide(question), question=question)
    if isinstance(weighed, Permitted):
        if fresh is None:
            return await _keep(*give_up(task, reason=obstacle, now=clock.now()), works=works)
        if input_digest(fresh) != input_digest(question):
            question = fresh
            weighed = weigh(await guard.decide(question), question=question)
    if isinstance(weighed, Undecided):
        waiting = still_undecided(task, because=weighed.because, now=clock.now(), patience=patience)
        async with works.begin(tenant_id) as work:
            await work.tasks.still_undecided(waiting)
        return False
    return await _keep(*settle_later(task, weighed, question=question, now=clock.now(), patience=patience), works=works)


async def _keep(task: Task, step: TaskStep, *, works: WorkSource[TaskWork]) -> bool:
    try:
        async with works.begin(task.tenant_id) as work:
            await work.tasks.change(task, step)
            if (fact := fact_of(task, step)) is not None:
                work.announce(fact[0], subject=task.id, data=fact[1])
    except Stale:
        return False  # somebody moved the task while the guard was thinking; theirs is the newer word
    return True
