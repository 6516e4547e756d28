"""Declare that a worker and a person know each other from elsewhere; to others the peer is simply not available."""

from dataclasses import dataclass
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.dual_relationships import DualRelationship
from services.referrals.domain.errors import NotFound
from services.referrals.use_cases.list_dual_relationships import check_supervisor_of
from services.referrals.use_cases.matching_ports import MatchingWork
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import WorkSource
from shared.clock import Clock
from shared.identifiers import new_id


@dataclass(frozen=True, kw_only=True, slots=True)
class Declared:
    """Who knows whom; a peer names no worker, because it is always about himself."""

    programme_id: UUID
    person_id: UUID
    worker_id: UUID


async def declare_dual_relationship(
    declared: Declared, *, by: Actor, works: WorkSource[MatchingWork], clock: Clock, once: Once
) -> DualRelationship:
    """The new entry. Raises NotFound (a peer has to be party to the person) and NotYours for other programmes' supervisors."""
    entry = DualRelationship(
        tenant_id=by.tenant_id,
        id=new_id(),
        version=1,
        recorded_at=clock.now(),
        worker_id=declared.worker_id,
        person_id=declared.person_id,
        programme_id=declared.programme_id,
        declared_by_worker_id=by.acting_worker(),
    )
    async with works.begin(by.tenant_id, once=once) as work:
        await _check(declared, by=by, work=work)
        await work.dual_relationships.add(entry)
        work.answer(entry)
    return entry


async def _check(declared: Declared, *, by: Actor, work: MatchingWork) -> None:
    if by.worker_id != declared.worker_id:
        await check_supervisor_of(declared.programme_id, by=by, work=work)
        return
    known = await work.people.page(where={"id": declared.person_id}, after=None, limit=1, party=declared.worker_id)
    if not known:
        raise NotFound("person", pointer="/person_id")
