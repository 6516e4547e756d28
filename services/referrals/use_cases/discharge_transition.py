"""Record that the person has left: the handoff is offered, its clocks start."""

from uuid import UUID

from services.referrals.domain import transition_commands
from services.referrals.domain.handoff_journey import Journey
from services.referrals.use_cases.handoff_ports import Asked, HandoffWork
from services.referrals.use_cases.handoff_turn import Turn, take_turn
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import WorkSource
from shared.clock import Clock


async def discharge_transition(
    transition_id: UUID,
    *,
    asked: Asked,
    works: WorkSource[HandoffWork],
    clock: Clock,
    once: Once,
) -> Journey:
    """The discharged journey with its first offer. `asked.occurred_at` is the time of the discharge."""
    return await take_turn(
        Turn(transition_id=transition_id, with_candidates=True),
        lambda journey, at, candidates: transition_commands.discharge(
            journey, candidates=candidates, by=asked.by, at=at
        ),
        asked=asked,
        works=works,
        clock=clock,
        once=once,
    )
