"""What use cases need of the world. A part with needs of its own extends `Work` with its own Protocol."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.assignment import Parties, Wish
from services.referrals.domain.credential import Credential
from services.referrals.domain.directory import Organization, Programme, Record, Team, Worker
from services.referrals.domain.person import Person
from services.referrals.domain.roster import Absence, Shift
from services.referrals.domain.task import Task, TaskSeen, TaskStep
from services.referrals.domain.task_states import TaskStatus
from services.referrals.domain.verdicts import Answer
from services.referrals.use_cases.once import Once
from shared.contracts.events import EventData, EventType
from shared.contracts.scope import DecideRequest

RecordT = TypeVar("RecordT", bound=Record)
WorkT_co = TypeVar("WorkT_co", covariant=True)


class Work(Protocol):
    """One transaction of one tenant. Leaving it cleanly commits everything, an exception nothing."""

    def announce(self, event: EventType, *, subject: UUID, data: EventData) -> None:
        """A fact for the outbox, written in this same commit."""
        ...

    def answer(self, result: object) -> None:
        """The result to be remembered with the caller's idempotency key, in this same commit."""
        ...


class WorkSource(Protocol[WorkT_co]):
    """Begins units of work; a use case names the narrowest Work it needs: `works: WorkSource[TaskWork]`."""

    def begin(self, tenant_id: UUID, *, once: Once | None = None) -> AbstractAsyncContextManager[WorkT_co]:
        """Open a transaction. Raises AlreadyAnswered when `once` names a request that was answered before."""
        ...


class Records(Protocol[RecordT]):
    """One kind of directory record, inside the tenant of the unit of work."""

    async def add(self, record: RecordT) -> None:
        """Keep a new record. Raises NotFound for an unknown reference, AlreadyExists for a taken identity."""
        ...

    async def get(self, record_id: UUID) -> RecordT:
        """The record. Raises NotFound."""
        ...

    async def replace(self, record: RecordT) -> None:
        """Keep a changed record whose version went up by one. Raises Stale when somebody else was faster."""
        ...

    async def page(
        self,
        *,
        where: Mapping[str, object],
        after: UUID | None,
        limit: int,
        party: UUID | None = None,
        house_of: UUID | None = None,
    ) -> Sequence[RecordT]:
        """Up to `limit` records after the one with id `after`, in order of id.

        Only those `party` is party to; only those that the organisation of `house_of` knows.
        """
        ...


class TeamMembers(Protocol):
    """Who belongs to which team."""

    async def add(self, *, team_id: UUID, worker_ids: Sequence[UUID], at: datetime) -> None:
        """Make the workers members (a no-op for those who are). Raises NotFound for an unknown worker."""
        ...

    async def remove(self, *, team_id: UUID, worker_ids: Sequence[UUID]) -> None:
        """End their membership (a no-op where there is none)."""
        ...

    async def of(self, team_id: UUID) -> Sequence[UUID]:
        """Ids of the team's workers, in order."""
        ...


class PeopleWork(Protocol):
    """A unit of work that knows the register of people."""

    @property
    def people(self) -> Records[Person]: ...


class DirectoryWork(Work, Protocol):
    """A unit of work on the directory."""

    @property
    def organizations(self) -> Records[Organization]: ...
    @property
    def programmes(self) -> Records[Programme]: ...
    @property
    def people(self) -> Records[Person]: ...
    @property
    def workers(self) -> Records[Worker]: ...
    @property
    def credentials(self) -> Records[Credential]: ...
    @property
    def teams(self) -> Records[Team]: ...
    @property
    def team_members(self) -> TeamMembers: ...
    @property
    def shifts(self) -> Records[Shift]: ...
    @property
    def absences(self) -> Records[Absence]: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskFilter:
    """Which tasks a list shows; `None` asks for all. `visible_to` always applies."""

    visible_to: Actor
    status: TaskStatus | None = None
    assignee_worker_id: UUID | None = None
    person_id: UUID | None = None


class Tasks(Protocol):
    """The tasks of one tenant, each with its append-only history."""

    async def parties(self, wish: Wish, *, assigner_worker_id: UUID) -> Parties:
        """Everything the question to the guard is made of, in one reading."""
        ...

    async def add(self, task: Task, step: TaskStep) -> None:
        """Keep a new task and the first row of its history."""
        ...

    async def get(self, task_id: UUID) -> Task:
        """The task, for the service itself. Raises NotFound."""
        ...

    async def seen(self, task_id: UUID, *, by: Actor) -> TaskSeen:
        """The task as the caller finds it. Raises NotFound, also for one that they may not know of."""
        ...

    async def change(self, task: Task, step: TaskStep) -> None:
        """Keep a moved task (version up by one) and its history row. Raises Stale when somebody else was faster."""
        ...

    async def still_undecided(self, task: Task) -> None:
        """Note another attempt that got no answer; not a change of the task, so its version stays."""
        ...

    async def page(self, wanted: TaskFilter, *, after: UUID | None, limit: int) -> Sequence[TaskSeen]:
        """Up to `limit` tasks after the one with id `after`, newest first; by person only those known to be about them."""
        ...

    async def history(self, task_id: UUID) -> Sequence[TaskStep]:
        """The task's steps, oldest first."""
        ...


class TaskWork(Work, Protocol):
    """A unit of work on tasks."""

    @property
    def tasks(self) -> Tasks: ...


class NewTasks(Protocol):
    """Where new tasks are put down."""

    async def add(self, task: Task, step: TaskStep) -> None:
        """Keep a new task and the first row of its history."""
        ...


class NewTaskWork(Work, Protocol):
    """A unit of work that only adds tasks."""

    @property
    def tasks(self) -> NewTasks: ...


class AssignmentDesk(Protocol):
    """Assigning in two round trips: everything read in one statement, everything written in another."""

    async def parties(self, wish: Wish, *, by: Actor, assigner_worker_id: UUID, once: Once) -> Parties:
        """Everything the question to the guard is made of. Raises AlreadyAnswered for a request answered before."""
        ...

    def adding(self, tenant_id: UUID, *, once: Once | None = None) -> AbstractAsyncContextManager[NewTaskWork]:
        """Left cleanly, everything gathered is written at once; raises AlreadyAnswered where somebody was faster."""
        ...


class UndecidedTasks(Protocol):
    """Finds, over all tenants, tasks whose question is due to be asked again."""

    async def lease(self, *, now: datetime, until: datetime, limit: int) -> Sequence[tuple[UUID, UUID]]:
        """(tenant id, task id) of up to `limit` due tasks; nobody else gets them before `until`."""
        ...


class ScopeGuard(Protocol):
    """The scope guard, asked before any transaction opens."""

    async def decide(self, question: DecideRequest) -> Answer:
        """Its decision, or Unanswered. Never raises for what the other side does."""
        ...
