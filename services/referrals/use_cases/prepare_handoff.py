"""Record that something was made ready before the person leaves."""

from uuid import UUID

from services.referrals.domain.handoff_commands import prepare
from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.handoff_states import Preparation
from services.referrals.use_cases.handoff_ports import Asked, HandoffWork
from services.referrals.use_cases.handoff_turn import Turn, take_turn
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import WorkSource
from shared.clock import Clock


async def prepare_handoff(
    handoff_id: UUID,
    *,
    step: Preparation,
    asked: Asked,
    works: WorkSource[HandoffWork],
    clock: Clock,
    once: Once,
) -> Journey:
    """The journey, the milestone of this step met."""
    return await take_turn(
        Turn(handoff_id=handoff_id),
        lambda journey, at, _: prepare(journey, step=step, by=asked.by, at=at),
        asked=asked,
        works=works,
        clock=clock,
        once=once,
    )
