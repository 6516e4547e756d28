"""Show one transition, with its custody line."""

from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.errors import NotFound
from services.referrals.use_cases.handoff_ports import HandoffWork, Reading
from services.referrals.use_cases.ports import WorkSource


async def read_transition(transition_id: UUID, *, by: Actor, works: WorkSource[HandoffWork]) -> Reading:
    """The transition and who has held it since when. Raises NotFound, also for those who are not party to it."""
    async with works.begin(by.tenant_id) as work:
        journey = await work.handoffs.of_transition(transition_id, by=by)
        if not journey.readable_by(by):
            raise NotFound("transition")
        return await work.handoffs.reading(journey, by=by)
