"""Show one handoff, with who acts next and by which clock."""

from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.errors import NotFound
from services.referrals.use_cases.handoff_ports import HandoffWork, Reading
from services.referrals.use_cases.ports import WorkSource


async def read_handoff(handoff_id: UUID, *, by: Actor, works: WorkSource[HandoffWork]) -> Reading:
    """The handoff with its timeline. Raises NotFound, also for those who are not, or not any more, party to it."""
    async with works.begin(by.tenant_id) as work:
        journey = await work.handoffs.of_handoff(handoff_id, by=by)
        if not journey.readable_by(by):
            raise NotFound("handoff")
        return await work.handoffs.reading(journey, by=by)
