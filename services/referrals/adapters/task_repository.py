"""Tasks on PostgreSQL: read by hand-written statements, changed only by version."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.referrals.adapters.assignment_parties import read_parties
from services.referrals.adapters.task_rows import new_task_row, step_of, step_row, task_of, task_row
from services.referrals.adapters.task_tables import task_history, tasks
from services.referrals.adapters.task_visibility import knows_whom, seen_by, seen_of
from services.referrals.domain.actor import Actor
from services.referrals.domain.assignment import Parties, Wish
from services.referrals.domain.errors import NotFound, Stale
from services.referrals.domain.task import Task, TaskSeen, TaskStep
from services.referrals.use_cases.ports import TaskFilter
from shared.database import transaction

WriteLater = Callable[[sa.Table, Mapping[str, Any]], None]
"""Hands a new row to the unit of work, which writes all of them in one statement at its end."""

_NEVER_CHANGES = {
    "tenant_id",
    "id",
    "recorded_at",
    "occurred_at",
    "programme_id",
    "assigner_worker_id",
    "assignee_worker_id",
}


class NewTasks:
    """Where new tasks are put down, before there is a transaction."""

    def __init__(self, *, write_later: WriteLater) -> None:
        self._write_later = write_later

    async def add(self, task: Task, step: TaskStep) -> None:
        """Keep a new task and the first row of its history."""
        self._write_later(tasks, new_task_row(task))
        self._write_later(task_history, step_row(step))


class TaskRepository(NewTasks):
    """The tasks of one tenant, inside one transaction."""

    def __init__(self, connection: AsyncConnection, *, tenant_id: UUID, write_later: WriteLater) -> None:
        super().__init__(write_later=write_later)
        self._connection = connection
        self._tenant_id = tenant_id

    async def parties(self, wish: Wish, *, assigner_worker_id: UUID) -> Parties:
        """Everything the question to the guard is made of."""
        parties, _ = await read_parties(
            self._connection, wish, tenant_id=self._tenant_id, assigner_worker_id=assigner_worker_id
        )
        return parties

    async def get(self, task_id: UUID) -> Task:
        """The task. Raises NotFound."""
        row = (await self._connection.execute(sa.select(tasks).where(self._here(task_id)))).first()
        if row is None:
            raise NotFound("task")
        return task_of(row._mapping)

    async def seen(self, task_id: UUID, *, by: Actor) -> TaskSeen:
        """The task as the caller finds it. Raises NotFound, also for one that they may not know of."""
        row = (await self._connection.execute(seen_by(by).where(self._here(task_id)))).first()
        if row is None:
            raise NotFound("task")
        return seen_of(row)

    async def change(self, task: Task, step: TaskStep) -> None:
        """Keep a moved task and its history row. Raises Stale when its version is not one above the stored one."""
        values = {name: value for name, value in task_row(task).items() if name not in _NEVER_CHANGES}
        changed = await self._connection.execute(
            sa.update(tasks).where(self._here(task.id), tasks.c.version == task.version - 1).values(values)
        )
        if changed.rowcount == 0:
            current = (await self._connection.execute(sa.select(tasks.c.version).where(self._here(task.id)))).scalar()
            raise NotFound("task") if current is None else Stale(current=current)
        self._write_later(task_history, step_row(step))

    async def still_undecided(self, task: Task) -> None:
        """Note another attempt without an answer; a no-op where somebody has moved the task since."""
        await self._connection.execute(
            sa.update(tasks)
            .where(self._here(task.id), tasks.c.version == task.version, tasks.c.ask_again_at.is_not(None))
            .values(
                asked_times=task.asked_times,
                undecided_because=task.undecided_because,
                ask_again_at=task.ask_again_at,
            )
        )

    async def page(self, wanted: TaskFilter, *, after: UUID | None, limit: int) -> Sequence[TaskSeen]:
        """Up to `limit` tasks after `after`, newest first (ids are ordered by time)."""
        by = wanted.visible_to
        query = seen_by(by).where(tasks.c.tenant_id == self._tenant_id).order_by(tasks.c.id.desc()).limit(limit)
        if wanted.status is not None:
            query = query.where(tasks.c.status == wanted.status.value)
        if wanted.assignee_worker_id is not None:
            query = query.where(tasks.c.assignee_worker_id == wanted.assignee_worker_id)
        if wanted.person_id is not None:
            query = query.where(tasks.c.person_id == wanted.person_id, knows_whom(by))
        if after is not None:
            query = query.where(tasks.c.id < after)
        return [seen_of(row) for row in await self._connection.execute(query)]

    async def history(self, task_id: UUID) -> Sequence[TaskStep]:
        """The task's steps, oldest first."""
        rows = await self._connection.execute(
            sa.select(task_history)
            .where(task_history.c.tenant_id == self._tenant_id, task_history.c.task_id == task_id)
            .order_by(task_history.c.version)
        )
        return [step_of(row._mapping) for row in rows]

    def _here(self, task_id: UUID) -> sa.ColumnElement[bool]:
        return sa.and_(tasks.c.tenant_id == self._tenant_id, tasks.c.id == task_id)


class DueQuestions:
    """Tasks of all tenants whose question is due to be asked again."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def lease(self, *, now: datetime, until: datetime, limit: int) -> Sequence[tuple[UUID, UUID]]:
        """(tenant id, task id) of due tasks; pushing `ask_again_at` on is the lease."""
        due = (
            sa.select(tasks.c.tenant_id, tasks.c.id)
            .where(tasks.c.ask_again_at <= now)
            .order_by(tasks.c.ask_again_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("due")
        )
        lease = (
            sa.update(tasks)
            .where(tasks.c.tenant_id == due.c.tenant_id, tasks.c.id == due.c.id)
            .values(ask_again_at=until)
            .returning(tasks.c.tenant_id, tasks.c.id)
        )
        async with transaction(self._engine, tenant_id=None) as connection:
            return [(row.tenant_id, row.id) for row in await connection.execute(lease)]
