"""Tasks on fakes, in milliseconds: the order of things, and what is left behind."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from services.referrals.domain.actor import Actor
from services.referrals.domain.assignment import Parties
from services.referrals.domain.errors import InvalidField, NotFound, Stale, WorkerRequired
from services.referrals.domain.outcome import Patience
from services.referrals.domain.task import Task
from services.referrals.domain.task_states import TaskCommand, TaskReason, TaskStatus
from services.referrals.use_cases.ask_again import ask_again
from services.referrals.use_cases.assign_task import NotSent, assign_task
from services.referrals.use_cases.list_tasks import list_tasks
from services.referrals.use_cases.move_task import move_task
from services.referrals.use_cases.once import AlreadyAnswered
from services.referrals.use_cases.ports import TaskFilter
from services.referrals.use_cases.show_task import show_task, show_task_history
from shared.clock import FixedClock
from shared.contracts.codes import AccessRole, PracticeRole
from shared.contracts.events import EventType
from shared.contracts.scope import DecideRequest, Decision
from tests.services.referrals.fakes import NURSE_ACTOR, MemoryDue, MemoryGuard, MemoryWorks, once
from tests.services.referrals.guard_double import Judge, needs_review, out_of_scope, within_scope
from tests.services.referrals.samples import NOW, PEER, TENANT, a_programme, a_wish, a_worker, some_parties

PATIENCE = Patience()


async def asked(
    works: MemoryWorks, judge: Judge | None, *, key: str | None = None, clock: FixedClock | None = None
) -> Task | NotSent:
    """A nurse asks; the guard answers with `judge`, or not."""
    guard = MemoryGuard(works, judge)
    return await assign_task(
        a_wish(),
        by=NURSE_ACTOR,
        desk=works,
        guard=guard,
        clock=clock or FixedClock(NOW),
        patience=PATIENCE,
        once=once(key),
    )


async def swept(works: MemoryWorks, judge: Judge | None, *, after: timedelta = timedelta(seconds=5)) -> MemoryGuard:
    """A sweep, that much later."""
    guard = MemoryGuard(works, judge)
    await ask_again(
        works=works, undecided=MemoryDue(works), guard=guard, clock=FixedClock(NOW + after), patience=PATIENCE
    )
    return guard


def events(works: MemoryWorks) -> list[EventType]:
    """What was announced."""
    return [event for event, _ in works.work.announced]


async def test_the_guard_is_asked_while_no_transaction_is_open() -> None:
    works = MemoryWorks()
    task = await asked(works, within_scope)
    assert isinstance(task, Task)
    assert works.begun == 1
    assert works.work.tasks.kept == {task.id: task}
    assert [step.command for step in works.work.tasks.steps] == [TaskCommand.ASSIGN]
    assert events(works) == [EventType.TASK_ASSIGNED]


async def test_a_refusal_stores_nothing() -> None:
    works = MemoryWorks()
    assert isinstance(await asked(works, out_of_scope), NotSent)
    assert (works.work.tasks.kept, works.work.tasks.steps, works.work.announced) == ({}, [], [])


async def test_silence_is_undecided() -> None:
    works = MemoryWorks()
    task = await asked(works, None)
    assert isinstance(task, Task)
    assert (task.status, task.undecided_because) == (TaskStatus.PROPOSED, "timeout")
    assert events(works) == [EventType.TASK_PROPOSED]


async def test_a_repetition_is_not_asked_again() -> None:
    works = MemoryWorks()
    await asked(works, within_scope, key="k")
    with pytest.raises(AlreadyAnswered):
        await asked(works, within_scope, key="k")
    assert len(works.work.tasks.kept) == 1


@pytest.mark.parametrize("changes", [{"occurred_at": NOW + timedelta(hours=1)}, {"due_at": NOW.replace(year=2200)}])
async def test_times_that_cannot_be(changes: dict[str, object]) -> None:
    works = MemoryWorks()
    guard = MemoryGuard(works, within_scope)
    with pytest.raises(InvalidField):
        await assign_task(
            a_wish(),
            by=NURSE_ACTOR,
            desk=works,
            guard=guard,
            clock=FixedClock(NOW),
            patience=PATIENCE,
            once=once(),
            **changes,  # type: ignore[arg-type]
        )
    assert guard.asked == []


async def test_an_account_without_a_worker_cannot_ask() -> None:
    works = MemoryWorks()
    with pytest.raises(WorkerRequired):
        await assign_task(
            a_wish(),
            by=Actor(tenant_id=TENANT, access_role=AccessRole.ADMINISTRATOR),
            desk=works,
            guard=MemoryGuard(works, within_scope),
            clock=FixedClock(NOW),
            patience=PATIENCE,
            once=once(),
        )


@pytest.mark.parametrize(
    ("judge", "status", "event"),
    [
        (within_scope, TaskStatus.ASSIGNED, EventType.TASK_ASSIGNED),
        (needs_review, TaskStatus.PROPOSED, EventType.TASK_PROPOSED),
        (out_of_scope, TaskStatus.CANCELLED, EventType.TASK_REFUSED),
    ],
)
async def test_the_sweep_settles_what_was_undecided(judge: Judge, status: TaskStatus, event: EventType) -> None:
    works = MemoryWorks()
    await asked(works, None)
    guard = await swept(works, judge)
    (task,) = works.work.tasks.kept.values()
    assert (task.status, task.version, task.ask_again_at) == (status, 2, None)
    assert events(works) == [EventType.TASK_PROPOSED, event]
    assert len(guard.asked) == 1
    assert guard.asked[0] == task.question


async def test_too_early_nothing_is_asked() -> None:
    works = MemoryWorks()
    await asked(works, None)
    assert (await swept(works, within_scope, after=timedelta(seconds=4))).asked == []


async def test_silence_again_is_counted() -> None:
    works = MemoryWorks()
    await asked(works, None)
    await swept(works, None)
    (task,) = works.work.tasks.kept.values()
    assert (task.asked_times, task.version) == (2, 1)
    assert task.ask_again_at == NOW + timedelta(seconds=10)


async def test_changed_facts_are_a_new_question_after_the_old_one() -> None:
    works = MemoryWorks()
    await asked(works, None)
    works.work.tasks.found = some_parties(assignee=a_worker(role=PracticeRole.SUPPORT_STAFF))

    def judge(question: DecideRequest) -> Decision:
        is_peer = question.facts.practice_role is PracticeRole.PEER_SUPPORT_SPECIALIST
        return within_scope(question) if is_peer else out_of_scope(question)

    guard = await swept(works, judge)
    (task,) = works.work.tasks.kept.values()
    assert (task.status, task.status_reason) == (TaskStatus.CANCELLED, TaskReason.OUT_OF_SCOPE)
    assert [question.facts.practice_role for question in guard.asked] == [
        PracticeRole.PEER_SUPPORT_SPECIALIST,
        PracticeRole.SUPPORT_STAFF,
    ]
    assert task.question == guard.asked[1]


async def test_an_old_refusal_stands_though_the_facts_have_changed() -> None:
    """The guard may have kept its boundary event already; another question would leave a second one."""
    works = MemoryWorks()
    await asked(works, None)
    works.work.tasks.found = some_parties(assignee=a_worker(role=PracticeRole.NURSE))
    guard = await swept(works, out_of_scope)
    assert len(guard.asked) == 1


async def test_somebody_who_left_is_not_assigned() -> None:
    works = MemoryWorks()
    await asked(works, None)
    works.work.tasks.found = some_parties(assignee=a_worker(active=False))
    await swept(works, within_scope)
    (task,) = works.work.tasks.kept.values()
    assert (task.status, task.status_reason) == (TaskStatus.CANCELLED, TaskReason.ASSIGNEE_LEFT)


@pytest.mark.parametrize(
    "found",
    [some_parties(programme=a_programme(active=False)), some_parties(assigner=a_worker(active=False))],
    ids=["programme closed", "assigner left"],
)
async def test_nobody_is_said_to_have_left_who_is_still_there(found: Parties) -> None:
    works = MemoryWorks()
    await asked(works, None)
    works.work.tasks.found = found
    await swept(works, within_scope)
    (task,) = works.work.tasks.kept.values()
    assert (task.status, task.status_reason) == (TaskStatus.CANCELLED, TaskReason.OTHER)


async def test_a_task_moved_meanwhile_is_left_alone() -> None:
    works = MemoryWorks()
    first = await asked(works, None)
    assert isinstance(first, Task)

    def judge(question: DecideRequest) -> Decision:
        moved = replace(first, status=TaskStatus.CANCELLED, version=2, ask_again_at=None)
        works.work.tasks.kept[first.id] = moved
        return within_scope(question)

    await swept(works, judge)
    assert works.work.tasks.kept[first.id].status is TaskStatus.CANCELLED
    assert events(works) == [EventType.TASK_PROPOSED]


async def test_a_task_settled_between_lease_and_reading_is_left_alone() -> None:
    works = MemoryWorks()
    first = await asked(works, None)
    assert isinstance(first, Task)
    due = MemoryDue(works)
    leased = await due.lease(now=NOW + timedelta(minutes=1), until=NOW, limit=1)
    works.work.tasks.kept[first.id] = replace(first, ask_again_at=None)

    class Leased:
        async def lease(self, **_: object) -> list[tuple[object, object]]:
            return list(leased)

    guard = MemoryGuard(works, within_scope)
    settled = await ask_again(
        works=works,
        undecided=Leased(),
        guard=guard,
        clock=FixedClock(NOW),
        patience=PATIENCE,  # type: ignore[arg-type]
    )
    assert (settled, guard.asked) == (0, [])


async def test_a_step_by_its_version() -> None:
    works = MemoryWorks()
    task = await asked(works, within_scope)
    assert isinstance(task, Task)
    peer = Actor(tenant_id=TENANT, access_role=AccessRole.PEER, worker_id=PEER)
    stranger = Actor(tenant_id=TENANT, access_role=AccessRole.PEER, worker_id=uuid4())
    clock = FixedClock(NOW)
    with pytest.raises(Stale):
        await move_task(task.id, TaskCommand.START, by=peer, version=3, works=works, clock=clock, once=once())
    with pytest.raises(NotFound):
        await move_task(task.id, TaskCommand.START, by=stranger, version=1, works=works, clock=clock, once=once())
    started = await move_task(task.id, TaskCommand.START, by=peer, version=1, works=works, clock=clock, once=once())
    assert events(works) == [EventType.TASK_ASSIGNED]
    done = await move_task(task.id, TaskCommand.COMPLETE, by=peer, version=2, works=works, clock=clock, once=once())
    assert (started.version, done.version, done.task.status) == (2, 3, TaskStatus.COMPLETED)
    assert events(works) == [EventType.TASK_ASSIGNED, EventType.TASK_CLOSED]


async def test_reading_is_for_those_who_may_know() -> None:
    works = MemoryWorks()
    task = await asked(works, needs_review)
    assert isinstance(task, Task)
    peer = Actor(tenant_id=TENANT, access_role=AccessRole.PEER, worker_id=PEER)
    for read in (show_task, show_task_history):
        with pytest.raises(NotFound):
            await read(task.id, by=peer, works=works)
    assert (await show_task(task.id, by=NURSE_ACTOR, works=works)).task == task
    assert len(await show_task_history(task.id, by=NURSE_ACTOR, works=works)) == 1
    listed = await list_tasks(TaskFilter(visible_to=NURSE_ACTOR), works=works, after=None, limit=5)
    assert [seen.task for seen in listed] == [task]
    assert list(await list_tasks(TaskFilter(visible_to=peer), works=works, after=None, limit=5)) == []
