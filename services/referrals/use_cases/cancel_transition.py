"""Drop a planned transition."""

from uuid import UUID

from services.referrals.domain import transition_commands
from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.transition_states import TransitionReason
from services.referrals.use_cases.handoff_ports import Asked, HandoffWork
from services.referrals.use_cases.handoff_turn import Turn, take_turn
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import WorkSource
from shared.clock import Clock


async def cancel_transition(
    transition_id: UUID,
    *,
    reason: TransitionReason,
    asked: Asked,
    works: WorkSource[HandoffWork],
    clock: Clock,
    once: Once,
) -> Journey:
    """The cancelled journey, its handoff withdrawn."""
    return await take_turn(
        Turn(transition_id=transition_id),
        lambda journey, at, _: transition_commands.cancel(journey, reason=reason, by=asked.by, at=at),
        asked=asked,
        works=works,
        clock=clock,
        once=once,
    )
