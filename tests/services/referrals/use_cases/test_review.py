"""A second person's word on a proposed task, on fakes: what is kept, who is told, and when it does not hold."""

from dataclasses import replace
from uuid import uuid4

import pytest

from services.referrals.domain.actor import Actor
from services.referrals.domain.errors import IllegalMove, InvalidField, NotYours, Stale
from services.referrals.domain.task import Task
from services.referrals.domain.task_states import TaskCommand, TaskReason, TaskStatus
from services.referrals.use_cases.decide_review import ReviewDecision, decide_review
from shared.clock import FixedClock
from shared.contracts.codes import AccessRole
from shared.contracts.events import EventType, TaskData
from tests.services.referrals.fakes import NURSE_ACTOR, MemoryWorks, once
from tests.services.referrals.guard_double import Judge, conditional, needs_review
from tests.services.referrals.samples import NOW, TENANT, a_worker, some_parties
from tests.services.referrals.use_cases.test_tasks import asked

SUPERVISOR = Actor(tenant_id=TENANT, access_role=AccessRole.SUPERVISOR, worker_id=uuid4(), subject="supervisor")
WORDS = "She has done this twice with her supervisor beside her"


async def proposed(judge: Judge | None = needs_review) -> tuple[MemoryWorks, Task]:
    works = MemoryWorks()
    task = await asked(works, judge)
    assert isinstance(task, Task)
    assert task.status is TaskStatus.PROPOSED
    works.work.announced.clear()
    return works, task


async def decided(
    works: MemoryWorks,
    task: Task,
    decision: ReviewDecision = ReviewDecision.APPROVE,
    *,
    by: Actor = SUPERVISOR,
    reason: TaskReason = TaskReason.FITS_THE_ROLE,
    version: int = 1,
) -> Task:
    seen = await decide_review(
        task.id,
        decision,
        by=by,
        reason=reason,
        words=WORDS,
        version=version,
        works=works,
        clock=FixedClock(NOW),
        once=once(None),
    )
    return seen.task


@pytest.mark.parametrize("judge", [needs_review, conditional(met=False)], ids=["review", "condition"])
async def test_an_approval_assigns_and_says_who_why_and_by_which_decision(judge: Judge) -> None:
    works, task = await proposed(judge)
    approved = await decided(works, task)
    assert (approved.status, approved.version, approved.approved_by_worker_id) == (
        TaskStatus.ASSIGNED,
        2,
        SUPERVISOR.worker_id,
    )
    assert approved.decision == task.decision
    step = works.work.tasks.steps[-1]
    assert (step.command, step.by_worker_id, step.note) == (TaskCommand.APPROVE, SUPERVISOR.worker_id, WORDS)
    ((event, told),) = works.work.announced
    assert event is EventType.TASK_ASSIGNED
    assert isinstance(told, TaskData)
    assert task.decision is not None
    assert (told.decision_id, told.policy_version) == (task.decision.decision_id, task.decision.policy_version)


async def test_a_decline_cancels_and_tells_who_asked() -> None:
    works, task = await proposed()
    declined = await decided(works, task, ReviewDecision.DECLINE, reason=TaskReason.CONDITION_NOT_MET)
    assert (declined.status, declined.status_reason) == (TaskStatus.CANCELLED, TaskReason.CONDITION_NOT_MET)
    assert [event for event, _ in works.work.announced] == [EventType.TASK_REFUSED]
    assert declined.approved_by_worker_id is None


async def test_the_guards_silence_cannot_be_approved_away() -> None:
    works, task = await proposed(None)
    with pytest.raises(IllegalMove):
        await decided(works, task)
    assert works.work.tasks.kept[task.id] == task


async def test_who_asked_is_no_second_person() -> None:
    works, task = await proposed()
    for by in (replace(SUPERVISOR, worker_id=task.assigner_worker_id), NURSE_ACTOR):
        with pytest.raises(NotYours):
            await decided(works, task, by=by)
    assert works.work.tasks.kept[task.id] == task


async def test_an_approval_holds_only_for_the_facts_that_were_judged() -> None:
    works, task = await proposed()
    works.work.tasks.found = some_parties(assignee=a_worker(active=False))
    with pytest.raises(InvalidField, match="worker_left"):
        await decided(works, task)
    works.work.tasks.found = some_parties(team_roles=())
    with pytest.raises(InvalidField, match="facts_changed"):
        await decided(works, task)
    declined = await decided(works, task, ReviewDecision.DECLINE, reason=TaskReason.OTHER)
    assert declined.status is TaskStatus.CANCELLED


async def test_a_stale_page_decides_nothing() -> None:
    works, task = await proposed()
    with pytest.raises(Stale):
        await decided(works, task, version=7)
    assert works.work.announced == []
