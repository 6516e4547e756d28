"""A unit of work in memory: enough for use cases to run in milliseconds; test_fakes.py holds it against PostgreSQL."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.assignment import Parties, Wish
from services.referrals.domain.credential import Credential
from services.referrals.domain.directory import Organization, Programme, Team, Worker
from services.referrals.domain.errors import AlreadyExists, NotFound, Stale
from services.referrals.domain.person import Person
from services.referrals.domain.roster import Absence, Shift
from services.referrals.domain.task import Task, TaskSeen, TaskStep
from services.referrals.domain.verdicts import Answer, Unanswered
from services.referrals.use_cases.once import AlreadyAnswered, Once, Rendered
from services.referrals.use_cases.ports import RecordT, TaskFilter
from shared.contracts.codes import AccessRole
from shared.contracts.events import EventData, EventType
from shared.contracts.scope import DecideRequest, Decision, PreviewEach
from tests.services.referrals.guard_double import Judge, previews
from tests.services.referrals.samples import NURSE, TENANT, some_parties

NURSE_ACTOR = Actor(tenant_id=TENANT, access_role=AccessRole.CLINICIAN, worker_id=NURSE, subject="nurse")


def once(key: str | None = None) -> Once:
    """A request that is rendered as its version."""
    return Once(
        caller="nurse",
        route="POST /x",
        key=key,
        body_digest="d",
        render=lambda result: Rendered(status=201, body=str(result)),
    )


@dataclass
class MemoryRecords(Generic[RecordT]):
    """Records by id."""

    kind: str
    kept: dict[UUID, RecordT] = field(default_factory=dict)
    parties: dict[UUID, UUID] = field(default_factory=dict)

    async def add(self, record: RecordT) -> None:
        """Keep it."""
        if record.id in self.kept:
            raise AlreadyExists(self.kind, pointer="")
        self.kept[record.id] = record

    async def get(self, record_id: UUID) -> RecordT:
        """The record."""
        if record_id not in self.kept:
            raise NotFound(self.kind)
        return self.kept[record_id]

    async def replace(self, record: RecordT) -> None:
        """Keep the changed record."""
        known = await self.get(record.id)
        if known.version != record.version - 1:
            raise Stale(current=known.version)
        self.kept[record.id] = record

    async def page(
        self,
        *,
        where: Mapping[str, object],
        after: UUID | None,
        limit: int,
        party: UUID | None = None,
        house_of: UUID | None = None,
    ) -> Sequence[RecordT]:
        """In order of id. Everybody works in one house."""
        found = [self.kept[record_id] for record_id in sorted(self.kept) if after is None or record_id > after]
        found = [record for record in found if all(getattr(record, name) == value for name, value in where.items())]
        return [record for record in found if party is None or self.parties.get(record.id) == party][:limit]


@dataclass
class MemoryTeamMembers:
    """Memberships."""

    members: set[tuple[UUID, UUID]] = field(default_factory=set)

    async def add(self, *, team_id: UUID, worker_ids: Sequence[UUID], at: datetime) -> None:
        """Join."""
        self.members |= {(team_id, worker_id) for worker_id in worker_ids}

    async def remove(self, *, team_id: UUID, worker_ids: Sequence[UUID]) -> None:
        """Leave."""
        self.members -= {(team_id, worker_id) for worker_id in worker_ids}

    async def of(self, team_id: UUID) -> Sequence[UUID]:
        """Who belongs to it."""
        return sorted(worker_id for team, worker_id in self.members if team == team_id)


@dataclass
class MemoryTasks:
    """Tasks by id, with their history."""

    kept: dict[UUID, Task] = field(default_factory=dict)
    steps: list[TaskStep] = field(default_factory=list)
    found: Parties = field(default_factory=some_parties)

    async def parties(self, wish: Wish, *, assigner_worker_id: UUID) -> Parties:
        """What the test says there is."""
        return self.found

    async def add(self, task: Task, step: TaskStep) -> None:
        """Keep it."""
        self.kept[task.id] = task
        self.steps.append(step)

    async def get(self, task_id: UUID) -> Task:
        """The task."""
        if task_id not in self.kept:
            raise NotFound("task")
        return self.kept[task_id]

    async def seen(self, task_id: UUID, *, by: Actor) -> TaskSeen:
        """The task. Everybody works in one house."""
        task = await self.get(task_id)
        if not task.visible_to(by, at_home=True):
            raise NotFound("task")
        return TaskSeen(task=task, at_home=True, itself=True)

    async def change(self, task: Task, step: TaskStep) -> None:
        """Keep the moved task."""
        known = await self.get(task.id)
        if known.version != task.version - 1:
            raise Stale(current=known.version)
        await self.add(task, step)

    async def still_undecided(self, task: Task) -> None:
        """Note the attempt."""
        if self.kept[task.id].version == task.version:
            self.kept[task.id] = task

    async def page(self, wanted: TaskFilter, *, after: UUID | None, limit: int) -> Sequence[TaskSeen]:
        """Newest first."""
        found = [self.kept[task_id] for task_id in sorted(self.kept, reverse=True) if after is None or task_id < after]
        found = [task for task in found if task.visible_to(wanted.visible_to, at_home=True)]
        found = [task for task in found if wanted.status in (None, task.status)]
        return [TaskSeen(task=task, at_home=True, itself=True) for task in found[:limit]]

    async def history(self, task_id: UUID) -> Sequence[TaskStep]:
        """Oldest first."""
        return [step for step in self.steps if step.task_id == task_id]


@dataclass
class MemoryWork:
    """Everything in one place; what is announced is kept in order."""

    organizations: MemoryRecords[Organization] = field(default_factory=lambda: MemoryRecords("organization"))
    programmes: MemoryRecords[Programme] = field(default_factory=lambda: MemoryRecords("programme"))
    people: MemoryRecords[Person] = field(default_factory=lambda: MemoryRecords("person"))
    workers: MemoryRecords[Worker] = field(default_factory=lambda: MemoryRecords("worker"))
    credentials: MemoryRecords[Credential] = field(default_factory=lambda: MemoryRecords("credential"))
    teams: MemoryRecords[Team] = field(default_factory=lambda: MemoryRecords("team"))
    shifts: MemoryRecords[Shift] = field(default_factory=lambda: MemoryRecords("shift"))
    absences: MemoryRecords[Absence] = field(default_factory=lambda: MemoryRecords("absence"))
    team_members: MemoryTeamMembers = field(default_factory=MemoryTeamMembers)
    tasks: MemoryTasks = field(default_factory=MemoryTasks)
    announced: list[tuple[EventType, EventData]] = field(default_factory=list)
    answered: list[object] = field(default_factory=list)

    def announce(self, event: EventType, *, subject: UUID, data: EventData) -> None:
        """Keep the fact."""
        self.announced.append((event, data))

    def answer(self, result: object) -> None:
        """Keep the result."""
        self.answered.append(result)


@dataclass
class MemoryWorks:
    """Hands out the one work; remembers answers by key, and how many transactions are open right now."""

    work: MemoryWork = field(default_factory=MemoryWork)
    answers: dict[str, Rendered] = field(default_factory=dict)
    open_now: int = 0
    begun: int = 0

    @asynccontextmanager
    async def begin(self, tenant_id: UUID, *, once: Once | None = None) -> AsyncIterator[MemoryWork]:
        """A unit of work."""
        if once is not None and once.key in self.answers:
            raise AlreadyAnswered(self.answers[once.key])
        self.begun += 1
        self.open_now += 1
        try:
            yield self.work
        finally:
            self.open_now -= 1
        if once is not None and once.key is not None and self.work.answered:
            self.answers[once.key] = once.render(self.work.answered[-1])

    async def parties(self, wish: Wish, *, by: Actor, assigner_worker_id: UUID, once: Once) -> Parties:
        """What the test says there is, for a request not answered before."""
        if once.key in self.answers:
            raise AlreadyAnswered(self.answers[once.key])
        return await self.work.tasks.parties(wish, assigner_worker_id=assigner_worker_id)

    def adding(self, tenant_id: UUID, *, once: Once | None = None) -> AbstractAsyncContextManager[MemoryWork]:
        """A unit of work that only adds."""
        return self.begin(tenant_id, once=once)


@dataclass
class MemoryGuard:
    """Answers with `judge`, or not at all; fails the test if it is asked while a transaction is open."""

    works: MemoryWorks
    judge: Judge | None
    asked: list[DecideRequest] = field(default_factory=list)

    async def decide(self, question: DecideRequest) -> Answer:
        """The judge's decision."""
        assert self.works.open_now == 0, "the guard is asked before the transaction opens"
        self.asked.append(question)
        return Unanswered("timeout") if self.judge is None else self.judge(question)


@dataclass
class MemoryPreviews:
    """Answers previews with `judge`, or not at all; fails the test if it is asked while a transaction is open."""

    works: MemoryWorks
    judge: Judge | None
    asked: list[PreviewEach] = field(default_factory=list)

    async def preview_each(self, question: PreviewEach) -> tuple[Decision, ...] | Unanswered:
        """The judge's word for each."""
        assert self.works.open_now == 0, "the guard is asked before the transaction opens"
        self.asked.append(question)
        return Unanswered("timeout") if self.judge is None else previews(question, judge=self.judge)


@dataclass
class MemoryDue:
    """Tasks that are due, straight from the memory."""

    works: MemoryWorks

    async def lease(self, *, now: datetime, until: datetime, limit: int) -> Sequence[tuple[UUID, UUID]]:
        """Those whose time has come."""
        due = [
            task
            for task in self.works.work.tasks.kept.values()
            if task.ask_again_at is not None and task.ask_again_at <= now
        ]
        return [(task.tenant_id, task.id) for task in due[:limit]]


def arguments(works: MemoryWorks, **more: Any) -> dict[str, Any]:
    """What nearly every use case is given."""
    return {"by": NURSE_ACTOR, "works": works, "once": once()} | more
