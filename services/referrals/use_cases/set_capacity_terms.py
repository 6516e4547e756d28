"""Say from which day on how much room a programme has."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.ceilings import CapacityTerms
from services.referrals.use_cases.matching_ports import MatchingWork
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import WorkSource
from shared.clock import Clock
from shared.identifiers import new_id


@dataclass(frozen=True, kw_only=True, slots=True)
class NewTerms:
    """`caseload` is how many people one peer walks with at most; None leaves it to the jurisdiction."""

    effective_from: date
    caseload: int | None
    waitlist: bool
    assessment_first: bool
    supervision_must_be_current: bool


async def set_capacity_terms(
    programme_id: UUID, new: NewTerms, *, by: Actor, works: WorkSource[MatchingWork], clock: Clock, once: Once
) -> CapacityTerms:
    """The new terms; earlier ones stay on record. Raises NotFound, and AlreadyExists for a day that has terms."""
    terms = CapacityTerms(
        tenant_id=by.tenant_id,
        id=new_id(),
        version=1,
        recorded_at=clock.now(),
        programme_id=programme_id,
        effective_from=new.effective_from,
        caseload=new.caseload,
        waitlist=new.waitlist,
        assessment_first=new.assessment_first,
        supervision_must_be_current=new.supervision_must_be_current,
    )
    async with works.begin(by.tenant_id, once=once) as work:
        await work.programmes.get(programme_id)
        await work.capacity_terms.add(terms)
        work.answer(terms)
    return terms
