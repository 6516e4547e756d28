"""A message about a handoff could not be delivered: kept on its timeline, and shown to supervisors while it matters."""

from datetime import datetime
from uuid import UUID

from services.referrals.domain.handoff_commands import delivery_failed
from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.handoff_journey import Journey
from services.referrals.use_cases.handoff_ports import HandoffWork
from services.referrals.use_cases.handoff_turn import Turn, keep_turn
from shared.clock import Clock


async def note_handoff_delivery_failure(
    handoff_id: UUID, *, worker_id: UUID, channel: str, occurred_at: datetime, work: HandoffWork, clock: Clock
) -> Journey:
    """The journey with a line on its timeline. Raises NotFound."""
    return await keep_turn(
        work,
        Turn(handoff_id=handoff_id),
        lambda journey, at, _: delivery_failed(journey, worker_id=worker_id, channel=channel, at=at),
        at=Moment(occurred_at=occurred_at, recorded_at=clock.now()),
        expected_version=None,
    )
