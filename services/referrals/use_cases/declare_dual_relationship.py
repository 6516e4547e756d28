"""Declare that a worker and a person know each other from elsewhere; to others the peer is simply not available."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.dual_relationships import DualRelationship
from services.referrals.domain.errors import NotFound
from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.known_elsewhere import HeldKind, StillHeld, let_go_of_handoff, let_go_of_referral
from services.referrals.domain.matcher import Candidate
from services.referrals.domain.outcome import Patience
from services.referrals.domain.task_states import TaskReason
from services.referrals.use_cases.ask_the_next import ask_the_next, asks_the_next
from services.referrals.use_cases.conflict_ports import ConflictWork
from services.referrals.use_cases.give_back_task import give_back
from services.referrals.use_cases.handoff_turn import Turn, keep_turn
from services.referrals.use_cases.list_dual_relationships import check_supervisor_of
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import WorkSource
from services.referrals.use_cases.referral_ports import ReferralRules
from services.referrals.use_cases.referral_turn import announce
from shared.clock import Clock
from shared.identifiers import new_id


@dataclass(frozen=True, kw_only=True, slots=True)
class Declared:
    """Who knows whom; a peer names no worker, because it is always about himself.

    `step_back`: from what they already hold of this person as well.
    """

    programme_id: UUID
    person_id: UUID
    worker_id: UUID
    step_back: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Noted:
    """The entry, and what the worker still holds of this person: they are asked to step back, and nothing is dropped."""

    entry: DualRelationship
    still_held: tuple[StillHeld, ...] = ()


async def declare_dual_relationship(
    declared: Declared,
    *,
    by: Actor,
    works: WorkSource[ConflictWork],
    rules: ReferralRules,
    patience: Patience,
    clock: Clock,
    once: Once,
) -> Noted:
    """The entry, the standing one where there is one. In the same commit, what waits for the worker's answer goes to the next.

    A peer's own word is kept by a programme of their own house, wherever they were asked. Raises NotFound (a peer has to be
    party to the person; a supervisor's house knows both) and NotYours for other programmes' supervisors.
    """
    now = clock.now()
    at = Moment(occurred_at=now, recorded_at=now)
    async with works.begin(by.tenant_id, once=once) as work:
        declared = await _in_own_house(declared, by=by, work=work)
        entry = await _standing(declared, by=by, work=work)
        if entry is None or by.worker_id != declared.worker_id:
            await _check(declared, by=by, work=work)
        if entry is None:
            entry = _entry(declared, by=by, at=at)
            await work.dual_relationships.add(entry)
        held = [
            *await _let_go_of_handoffs(declared, work=work, at=at),
            *await _let_go_of_referrals(declared, work=work, rules=rules, by=by, at=at),
            *await _let_go_of_tasks(declared, work=work, at=at, patience=patience),
        ]
        noted = Noted(entry=entry, still_held=tuple(held))
        work.answer(noted)
    return noted


def _entry(declared: Declared, *, by: Actor, at: Moment) -> DualRelationship:
    return DualRelationship(
        tenant_id=by.tenant_id,
        id=new_id(),
        version=1,
        recorded_at=at.recorded_at,
        worker_id=declared.worker_id,
        person_id=declared.person_id,
        programme_id=declared.programme_id,
        declared_by_worker_id=by.acting_worker(),
    )


async def _in_own_house(declared: Declared, *, by: Actor, work: ConflictWork) -> Declared:
    """A house without a programme has nobody else to keep it: then it stays with the one that asked."""
    if by.worker_id != declared.worker_id:
        return declared
    named = await work.programmes.get(declared.programme_id)
    own = (await work.workers.get(declared.worker_id)).organization_id
    if named.organization_id == own:
        return declared
    found = await work.programmes.page(where={"organization_id": own, "active": True}, after=None, limit=1)
    return replace(declared, programme_id=found[0].id) if found else declared


async def _standing(declared: Declared, *, by: Actor, work: ConflictWork) -> DualRelationship | None:
    """The peer's own, or for a supervisor the one that stands in the programme they speak for."""
    pair = {"worker_id": declared.worker_id, "person_id": declared.person_id, "ended_at": None}
    if by.worker_id != declared.worker_id:
        pair["programme_id"] = declared.programme_id
    found = await work.dual_relationships.page(where=pair, after=None, limit=1)
    return found[0] if found else None


async def _check(declared: Declared, *, by: Actor, work: ConflictWork) -> None:
    if by.worker_id != declared.worker_id:
        await check_supervisor_of(declared.programme_id, by=by, work=work)
        house = by.acting_worker()
        if not await work.workers.page(where={"id": declared.worker_id}, after=None, limit=1, house_of=house):
            raise NotFound("worker", pointer="/worker_id")
        if not await work.people.page(where={"id": declared.person_id}, after=None, limit=1, house_of=house):
            raise NotFound("person", pointer="/person_id")
        return
    known = await work.people.page(where={"id": declared.person_id}, after=None, limit=1, party=declared.worker_id)
    if not known:
        raise NotFound("person", pointer="/person_id")


async def _let_go_of_handoffs(declared: Declared, *, work: ConflictWork, at: Moment) -> Sequence[StillHeld]:
    still = []
    for handoff_id in await work.conflicts.handoffs(worker_id=declared.worker_id, person_id=declared.person_id):
        went = False

        def decide(journey: Journey, at: Moment, candidates: Sequence[Candidate]) -> None:
            nonlocal went
            went = let_go_of_handoff(
                journey, worker_id=declared.worker_id, step_back=declared.step_back, candidates=candidates, at=at
            )

        await keep_turn(work, Turn(handoff_id=handoff_id, with_candidates=True), decide, at=at, expected_version=None)
        if not went:
            still.append(StillHeld(kind=HeldKind.HANDOFF, id=handoff_id))
    return still


async def _let_go_of_referrals(
    declared: Declared, *, work: ConflictWork, rules: ReferralRules, by: Actor, at: Moment
) -> Sequence[StillHeld]:
    still = []
    for referral in await work.conflicts.referrals(worker_id=declared.worker_id, person_id=declared.person_id):
        gone = let_go_of_referral(referral, step_back=declared.step_back, by=by.worker_id, at=at)
        if gone is None:
            still.append(StillHeld(kind=HeldKind.REFERRAL, id=referral.id))
            continue
        after, step = gone
        await work.conflicts.change_referral(referral, after, step)
        announce(work, after, step)
        if asks_the_next(referral):
            await ask_the_next(referral, work=work, rules=rules, by=by.worker_id, at=at)
    return still


async def _let_go_of_tasks(
    declared: Declared, *, work: ConflictWork, at: Moment, patience: Patience
) -> Sequence[StillHeld]:
    """Nobody takes a task over by a rule: it goes back to whoever asked, as if its worker were away."""
    still = []
    for task_id in await work.conflicts.tasks(worker_id=declared.worker_id, person_id=declared.person_id):
        if declared.step_back:
            await give_back(task_id, work=work, reason=TaskReason.ASSIGNEE_AWAY, now=at.recorded_at, patience=patience)
        else:
            still.append(StillHeld(kind=HeldKind.TASK, id=task_id))
    return still
