"""A ladder ran out: everybody on it was told and nobody answered in time."""

from datetime import datetime
from uuid import UUID

from services.referrals.domain.handoff_commands import lapse
from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.handoff_journey import Journey
from services.referrals.use_cases.handoff_ports import HandoffWork
from services.referrals.use_cases.handoff_turn import Turn, keep_turn
from shared.clock import Clock


async def lapse_handoff_offer(
    handoff_id: UUID, *, offer_number: int, occurred_at: datetime, work: HandoffWork, clock: Clock
) -> Journey:
    """The journey with its next offer, or unchanged where the signal speaks of an earlier offer. Raises NotFound."""
    return await keep_turn(
        work,
        Turn(handoff_id=handoff_id, with_candidates=True),
        lambda journey, at, candidates: lapse(journey, offer_number=offer_number, candidates=candidates, at=at),
        at=Moment(occurred_at=occurred_at, recorded_at=clock.now()),
        expected_version=None,
    )
