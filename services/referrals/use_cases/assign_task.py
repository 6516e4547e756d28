"""Ask a worker to do something. The scope guard is asked first, and only its explicit word assigns."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.assignment import Wish, check_available, check_living, pose
from services.referrals.domain.outcome import Patience, fact_of, first_step, settle_new
from services.referrals.domain.task import Task
from services.referrals.domain.task_states import TaskStatus
from services.referrals.domain.times import not_in_the_future, plausible
from services.referrals.domain.verdicts import Refused, weigh
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import AssignmentDesk, ScopeGuard
from shared.clock import Clock
from shared.contracts.scope import DecideRequest, Decision
from shared.identifiers import new_id


@dataclass(frozen=True, slots=True)
class NotSent:
    """Nothing was stored: the guard refused, and its decision says why, who may, and what would do."""

    decision: Decision


async def assign_task(
    wish: Wish,
    *,
    by: Actor,
    desk: AssignmentDesk,
    guard: ScopeGuard,
    clock: Clock,
    patience: Patience,
    once: Once,
    occurred_at: datetime | None = None,
    due_at: datetime | None = None,
) -> Task | NotSent:
    """The stored task (assigned, or proposed with what it waits for), or NotSent.

    Raises WorkerRequired, NotFound and InvalidField as `pose` does, and InvalidField for times that cannot be
    and for somebody who has died.
    """
    assigner = by.acting_worker()
    happened = not_in_the_future(occurred_at, clock=clock)
    due = plausible(due_at, pointer="/due_at")
    task_id = new_id()
    parties = await desk.parties(wish, by=by, assigner_worker_id=assigner, once=once)
    repeats = str(task_id) if once.key is None else f"{once.caller}|{once.route}|{once.key}|{once.body_digest}"
    check_available(parties)
    question = pose(wish, parties=parties, tenant_id=by.tenant_id, repeats=repeats, now=clock.now())
    check_living(parties)
    weighed = weigh(await guard.decide(question), question=question)
    now = clock.now()
    async with desk.adding(by.tenant_id, once=once) as work:
        if isinstance(weighed, Refused):
            refusal = NotSent(weighed.decision)
            work.answer(refusal)
            return refusal
        asked = _proposed(
            wish,
            by=by,
            assigner=assigner,
            person_id=parties.person_id,
            task_id=task_id,
            question=question,
            happened=happened,
            now=now,
            due=due,
        )
        task = settle_new(asked, weighed, now=now, patience=patience)
        step = first_step(task, now=now)
        await work.tasks.add(task, step)
        if (fact := fact_of(task, step)) is not None:
            work.announce(fact[0], subject=task.id, data=fact[1])
        work.answer(task)
    return task


def _proposed(
    wish: Wish,
    *,
    by: Actor,
    assigner: UUID,
    person_id: UUID | None,
    task_id: UUID,
    question: DecideRequest,
    happened: datetime,
    now: datetime,
    due: datetime | None,
) -> Task:
    return Task(
        tenant_id=by.tenant_id,
        id=task_id,
        version=1,
        recorded_at=now,
        programme_id=wish.programme_id,
        person_id=person_id,
        team_id=wish.team_id,
        assignee_worker_id=wish.assignee_worker_id,
        assigner_worker_id=assigner,
        title=wish.title,
        details=wish.details,
        activity=wish.activity,
        responsibility=wish.responsibility,
        attested_conditions=wish.attested_conditions,
        due_at=due,
        occurred_at=happened,
        question=question,
        status=TaskStatus.PROPOSED,
    )
