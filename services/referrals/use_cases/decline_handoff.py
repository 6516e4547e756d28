"""Say "can't right now" or "outside my role": the next worker is asked."""

from uuid import UUID

from services.referrals.domain import handoff_commands
from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.handoff_states import DeclineReason
from services.referrals.use_cases.handoff_ports import Asked, HandoffWork
from services.referrals.use_cases.handoff_turn import Turn, take_turn
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import WorkSource
from shared.clock import Clock


async def decline_handoff(
    handoff_id: UUID,
    *,
    reason: DeclineReason,
    asked: Asked,
    works: WorkSource[HandoffWork],
    clock: Clock,
    once: Once,
) -> Journey:
    """The journey with its next offer."""
    return await take_turn(
        Turn(handoff_id=handoff_id, with_candidates=True),
        lambda journey, at, candidates: handoff_commands.decline(
            journey, reason=reason, candidates=candidates, by=asked.by, at=at
        ),
        asked=asked,
        works=works,
        clock=clock,
        once=once,
    )
