"""Which colleagues of a team may do something: the way forward when a task is not for the one who was asked.

What speaks against somebody privately (a lapsed credential, supervision that is overdue) makes the verdict stricter and
is told to nobody: missing conditions are those that would be missing for a worker in good standing as well.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.assignment import Parties, Wish, pose
from services.referrals.domain.credential import Credential
from services.referrals.domain.directory import Worker
from services.referrals.domain.verdicts import Unanswered
from services.referrals.use_cases.ports import DirectoryWork, WorkSource
from shared.clock import Clock
from shared.contracts.codes import CredentialState, PracticeRole, Responsibility, SupervisionState
from shared.contracts.scope import (
    MAX_PREVIEWED,
    ConditionFinding,
    DecideMode,
    Decision,
    FactsSnapshot,
    PreviewEach,
    Verdict,
)

_MOST_CREDENTIALS = 100
_FREEST_FIRST = (
    Verdict.WITHIN_SCOPE,
    Verdict.WITHIN_SCOPE_WITH_CONDITIONS,
    Verdict.NEEDS_REVIEW,
    Verdict.OUT_OF_SCOPE,
)


class ScopePreviews(Protocol):
    """The scope guard, asked for several workers at once without consequences."""

    async def preview_each(self, question: PreviewEach) -> tuple[Decision, ...] | Unanswered:
        """A decision for each of the facts, in their order, or Unanswered. Never raises for what the other side does."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Search:
    """What is to be done, where, and whose colleagues are looked at. Activity or text may be missing, not both."""

    team_id: UUID
    programme_id: UUID
    activity: str | None = None
    text: str = ""
    responsibility: Responsibility = Responsibility.ASSIST


@dataclass(frozen=True, kw_only=True, slots=True)
class Colleague:
    """Somebody of the team. `missing` are conditions that nothing on record proves yet."""

    worker_id: UUID
    practice_role: PracticeRole
    verdict: Verdict
    missing: tuple[ConditionFinding, ...]


async def find_colleagues(
    search: Search, *, by: Actor, works: WorkSource[DirectoryWork], guard: ScopePreviews, clock: Clock
) -> tuple[Colleague, ...] | Unanswered:
    """Every active member of the team with the guard's word, the freest first; Unanswered when the guard is silent.

    Raises NotFound for an unknown team or programme, WorkerRequired, and InvalidField as `pose` does.
    """
    snapshots = await _snapshots(search, by=by, works=works, clock=clock)
    asked = tuple(dict.fromkeys(facts for _, own in snapshots for facts in (own, _in_good_standing(own))))
    answers: dict[FactsSnapshot, Decision] = {}
    for start in range(0, len(asked), MAX_PREVIEWED):
        batch = asked[start : start + MAX_PREVIEWED]
        question = PreviewEach(
            tenant_id=by.tenant_id,
            activity=search.activity,
            responsibility=search.responsibility,
            text=search.text,
            facts=batch,
        )
        answered = await guard.preview_each(question)
        if isinstance(answered, Unanswered):
            return answered
        if len(answered) != len(batch) or any(decision.mode is not DecideMode.PREVIEW for decision in answered):
            return Unanswered("answer_to_another_question")
        answers.update(zip(batch, answered, strict=True))
    found = (
        Colleague(
            worker_id=worker.id,
            practice_role=worker.practice_role,
            verdict=answers[own].verdict,
            missing=_missing(answers[_in_good_standing(own)]),
        )
        for worker, own in snapshots
    )
    return tuple(sorted(found, key=lambda one: (_FREEST_FIRST.index(one.verdict), str(one.worker_id))))


async def _snapshots(
    search: Search, *, by: Actor, works: WorkSource[DirectoryWork], clock: Clock
) -> list[tuple[Worker, FactsSnapshot]]:
    """The facts that an assignment would be judged by, for every active member."""
    assigner_id = by.acting_worker()
    async with works.begin(by.tenant_id) as work:
        await work.teams.get(search.team_id)
        programme = await work.programmes.get(search.programme_id)
        assigner = await work.workers.get(assigner_id)
        members = [await work.workers.get(worker_id) for worker_id in await work.team_members.of(search.team_id)]
        active = [worker for worker in members if worker.active]
        credentials = {worker.id: await _credentials(work, worker) for worker in active}
    roles = _roles(active)
    now = clock.now()
    snapshots = []
    for worker in active:
        wish = Wish(programme_id=programme.id, assignee_worker_id=worker.id, title=search.text)
        parties = Parties(
            programme=programme,
            assignee=worker,
            assigner=assigner,
            credentials=tuple(credentials[worker.id]),
            team_roles=roles,
        )
        facts = pose(wish, parties=parties, tenant_id=by.tenant_id, repeats="", now=now).facts
        snapshots.append((worker, facts))
    return snapshots


async def _credentials(work: DirectoryWork, worker: Worker) -> Sequence[Credential]:
    return await work.credentials.page(where={"worker_id": worker.id}, after=None, limit=_MOST_CREDENTIALS)


def _roles(workers: Iterable[Worker]) -> tuple[PracticeRole, ...]:
    return tuple(sorted({worker.practice_role for worker in workers}))


def _in_good_standing(facts: FactsSnapshot) -> FactsSnapshot:
    return facts.model_copy(
        update={"credential_state": CredentialState.ACTIVE, "supervision_state": SupervisionState.CURRENT}
    )


def _missing(decision: Decision) -> tuple[ConditionFinding, ...]:
    return tuple(condition for condition in decision.conditions if not condition.met)
