"""The fakes behave as PostgreSQL does, wherever a use case could tell the difference."""

from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI

from services.referrals.domain.directory import Organization
from services.referrals.domain.errors import NotFound, Stale
from services.referrals.domain.outcome import first_step
from services.referrals.domain.task_states import TaskCommand, TaskStatus
from services.referrals.use_cases.once import AlreadyAnswered, Rendered
from services.referrals.use_cases.ports import TaskFilter
from shared.identifiers import new_id
from tests.services.referrals.fakes import NURSE_ACTOR, MemoryWorks, once
from tests.services.referrals.samples import (
    NOW,
    NURSE,
    ORGANIZATION,
    PEER,
    TENANT,
    a_programme,
    a_task,
    a_wish,
    a_worker,
)


def harbor(organization_id: UUID = ORGANIZATION) -> Organization:
    """An organisation."""
    return Organization(tenant_id=TENANT, id=organization_id, version=1, recorded_at=NOW, name="Harbor")


@pytest.fixture(params=["memory", "postgres"])
async def works(request: pytest.FixtureRequest, app: FastAPI) -> Any:
    """Both kinds of unit of work, holding the same few records."""
    made = MemoryWorks() if request.param == "memory" else app.state.parts.works
    async with made.begin(TENANT) as work:
        await work.organizations.add(harbor())
        await work.workers.add(a_worker())
        await work.workers.add(a_worker(NURSE))
        await work.programmes.add(a_programme())
    return made


async def test_records(works: Any) -> None:
    async with works.begin(TENANT) as work:
        known = await work.organizations.get(ORGANIZATION)
        assert known == harbor()
        await work.organizations.replace(replace(known, name="Haven", version=2))
        with pytest.raises(Stale) as stale:
            await work.organizations.replace(replace(known, name="Late", version=2))
        assert stale.value.current == 2
        for act in (work.organizations.get(PEER), work.organizations.replace(harbor(PEER))):
            with pytest.raises(NotFound):
                await act
    async with works.begin(TENANT) as work:
        assert (await work.organizations.get(ORGANIZATION)).name == "Haven"
        assert (await work.programmes.get(a_programme().id)) == a_programme()
        assert (await work.workers.get(PEER)) == a_worker()


async def test_pages(works: Any) -> None:
    more = [harbor(new_id()) for _ in range(3)]
    async with works.begin(TENANT) as work:
        for organization in more:
            await work.organizations.add(organization)
        everything = list(await work.organizations.page(where={}, after=None, limit=10))
        assert everything == [harbor(), *more]
        assert list(await work.organizations.page(where={}, after=more[0].id, limit=1)) == [more[1]]
        assert list(await work.organizations.page(where={"active": False}, after=None, limit=10)) == []


async def test_tasks(works: Any) -> None:
    task = a_task()
    async with works.begin(TENANT) as work:
        await work.tasks.add(task, first_step(task, now=NOW))
    moved = replace(task, status=TaskStatus.CANCELLED, version=2)
    step = replace(first_step(moved, now=NOW), command=TaskCommand.CANCEL)
    async with works.begin(TENANT) as work:
        assert await work.tasks.get(task.id) == task
        await work.tasks.change(moved, step)
        with pytest.raises(Stale):
            await work.tasks.change(moved, step)
        with pytest.raises(NotFound):
            await work.tasks.change(replace(moved, id=PEER), step)
        with pytest.raises(NotFound):
            await work.tasks.get(PEER)
    async with works.begin(TENANT) as work:
        assert await work.tasks.get(task.id) == moved
        assert [kept.command for kept in await work.tasks.history(task.id)] == [TaskCommand.PROPOSE, TaskCommand.CANCEL]
        wanted = TaskFilter(visible_to=NURSE_ACTOR, status=TaskStatus.CANCELLED)
        assert [seen.task for seen in await work.tasks.page(wanted, after=None, limit=5)] == [moved]
        assert list(await work.tasks.page(replace(wanted, status=TaskStatus.FAILED), after=None, limit=5)) == []


async def test_an_attempt_without_an_answer_is_no_new_version(works: Any) -> None:
    task = a_task(ask_again_at=NOW, undecided_because="timeout")
    async with works.begin(TENANT) as work:
        await work.tasks.add(task, first_step(task, now=NOW))
    async with works.begin(TENANT) as work:
        await work.tasks.still_undecided(replace(task, asked_times=2))
    async with works.begin(TENANT) as work:
        kept = await work.tasks.get(task.id)
        assert (kept.asked_times, kept.version) == (2, 1)
        await work.tasks.still_undecided(replace(task, asked_times=9, version=5))
        assert (await work.tasks.get(task.id)).asked_times == 2


async def test_answers_are_kept_by_key(works: Any) -> None:
    same = replace(once("k"), render=lambda _: Rendered(status=201, body="{}", version=1))
    async with works.begin(TENANT, once=same) as work:
        work.answer(harbor())
    with pytest.raises(AlreadyAnswered) as known:
        async with works.begin(TENANT, once=same):
            pytest.fail("must not get this far")
    assert known.value.answer.status == 201


async def test_adding_needs_no_transaction_and_keeps_the_answer_too(works: Any) -> None:
    task = a_task()
    same = replace(once("k"), render=lambda _: Rendered(status=201, body="{}", version=1))
    found = await works.parties(a_wish(), by=NURSE_ACTOR, assigner_worker_id=NURSE, once=same)
    assert (found.assignee, found.programme) == (a_worker(), a_programme())
    async with works.adding(TENANT, once=same) as work:
        await work.tasks.add(task, first_step(task, now=NOW))
        work.answer(task)
    with pytest.raises(AlreadyAnswered):
        await works.parties(a_wish(), by=NURSE_ACTOR, assigner_worker_id=NURSE, once=same)
    with pytest.raises(AlreadyAnswered):
        await add_once_more(works.adding(TENANT, once=same))
    async with works.begin(TENANT) as work:
        wanted = TaskFilter(visible_to=NURSE_ACTOR)
        assert [seen.task for seen in await work.tasks.page(wanted, after=None, limit=5)] == [task]


async def test_an_exception_leaves_no_answer(works: Any) -> None:
    same = replace(once("k"), render=lambda _: Rendered(status=201, body="{}", version=1))
    with pytest.raises(RuntimeError, match="on the way"):
        await failing(works.begin(TENANT, once=same))
    async with works.begin(TENANT, once=same) as work:
        assert work is not None


async def add_once_more(begun: AbstractAsyncContextManager[Any]) -> None:
    """Another task under a key that is taken."""
    task = a_task(id=new_id())
    async with begun as work:
        await work.tasks.add(task, first_step(task, now=NOW))
        work.answer(task)


async def failing(begun: AbstractAsyncContextManager[Any]) -> None:
    """Answer, and then fail."""
    async with begun as work:
        work.answer(harbor())
        raise RuntimeError("on the way")
