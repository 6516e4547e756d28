"""Expect the discharge at another time."""

from datetime import datetime
from uuid import UUID

from services.referrals.domain import transition_commands
from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.times import plausible
from services.referrals.use_cases.handoff_ports import Asked, HandoffWork
from services.referrals.use_cases.handoff_turn import Turn, take_turn
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import WorkSource
from shared.clock import Clock


async def replan_transition(
    transition_id: UUID,
    *,
    expected_at: datetime,
    asked: Asked,
    works: WorkSource[HandoffWork],
    clock: Clock,
    once: Once,
) -> Journey:
    """The replanned journey. Raises InvalidField for a time outside this century, and as `take_turn` does."""
    plausible(expected_at, pointer="/expected_at")
    return await take_turn(
        Turn(transition_id=transition_id),
        lambda journey, at, _: transition_commands.replan(journey, expected_at=expected_at, by=asked.by, at=at),
        asked=asked,
        works=works,
        clock=clock,
        once=once,
    )
