"""Close the loop, with a word for how it ended."""

from uuid import UUID

from services.referrals.domain import handoff_commands
from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.handoff_states import Outcome
from services.referrals.use_cases.handoff_ports import Asked, HandoffWork
from services.referrals.use_cases.handoff_turn import Turn, take_turn
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import WorkSource
from shared.clock import Clock
from shared.contracts.codes import ReportedBy


async def close_handoff(
    handoff_id: UUID,
    *,
    outcome: Outcome,
    reported_by: ReportedBy,
    asked: Asked,
    works: WorkSource[HandoffWork],
    clock: Clock,
    once: Once,
) -> Journey:
    """The closed journey."""
    return await take_turn(
        Turn(handoff_id=handoff_id),
        lambda journey, at, _: handoff_commands.close(
            journey, outcome=outcome, reported_by=reported_by, by=asked.by, at=at
        ),
        asked=asked,
        works=works,
        clock=clock,
        once=once,
    )
