"""A dual relationship no longer counts: the entry stays on record with its end."""

from dataclasses import replace
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.dual_relationships import DualRelationship
from services.referrals.domain.errors import NotFound, NotYours, Stale
from services.referrals.use_cases.list_dual_relationships import check_supervisor_of
from services.referrals.use_cases.matching_ports import MatchingWork
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import WorkSource
from shared.clock import Clock


async def end_dual_relationship(
    entry_id: UUID, *, by: Actor, version: int, works: WorkSource[MatchingWork], clock: Clock, once: Once
) -> DualRelationship:
    """The ended entry. Raises NotFound to everybody who may not see it, and Stale."""
    async with works.begin(by.tenant_id, once=once) as work:
        known = await work.dual_relationships.get(entry_id)
        try:
            if by.worker_id != known.worker_id:
                await check_supervisor_of(known.programme_id, by=by, work=work)
                await _check_in_house(known, by=by, work=work)
        except NotYours:
            raise NotFound("dual relationship") from None
        if known.version != version:
            raise Stale(current=known.version)
        ended = replace(known, version=version + 1, ended_at=known.ended_at or clock.now())
        await work.dual_relationships.replace(ended)
        work.answer(ended)
    return ended


async def _check_in_house(known: DualRelationship, *, by: Actor, work: MatchingWork) -> None:
    """As the list shows it: only what is about those who work with the supervisor's house."""
    seen = await work.dual_relationships.page(where={"id": known.id}, after=None, limit=1, house_of=by.acting_worker())
    if not seen:
        raise NotFound("dual relationship")
