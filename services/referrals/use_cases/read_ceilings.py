"""Show which ceilings hold at a programme today, and where each was read."""

from dataclasses import dataclass
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.ceilings import CapacityTerms, Ceilings, CeilingShelf, lowest
from services.referrals.use_cases.matching_ports import MatchingWork
from services.referrals.use_cases.ports import WorkSource
from shared.clock import Clock

_MOST_TERMS = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class InForce:
    """The jurisdiction's figures, the programme's own terms, and the ceiling that follows."""

    ceilings: Ceilings
    terms: CapacityTerms | None
    caseload: int | None


async def read_ceilings(
    programme_id: UUID, *, by: Actor, works: WorkSource[MatchingWork], shelf: CeilingShelf, clock: Clock
) -> InForce:
    """What holds today at the programme. Raises NotFound."""
    async with works.begin(by.tenant_id) as work:
        programme = await work.programmes.get(programme_id)
        known = await work.capacity_terms.page(where={"programme_id": programme_id}, after=None, limit=_MOST_TERMS)
    today = programme.day_of(clock.now())
    begun = [terms for terms in known if terms.effective_from <= today]
    terms = max(begun, key=lambda one: one.effective_from, default=None)
    ceilings = shelf.of(programme.jurisdiction, on=today)
    own = None if terms is None else terms.caseload
    return InForce(ceilings=ceilings, terms=terms, caseload=lowest(ceilings.caseload, own))
