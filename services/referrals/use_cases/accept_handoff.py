"""Say yes to a handoff."""

from uuid import UUID

from services.referrals.domain import handoff_commands
from services.referrals.domain.handoff_journey import Journey
from services.referrals.use_cases.handoff_ports import Asked, HandoffWork
from services.referrals.use_cases.handoff_turn import Turn, take_turn
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import WorkSource
from shared.clock import Clock


async def accept_handoff(
    handoff_id: UUID,
    *,
    asked: Asked,
    works: WorkSource[HandoffWork],
    clock: Clock,
    once: Once,
) -> Journey:
    """The accepted journey. Raises AlreadyTaken when a colleague was faster, WorkerRequired for one who has left."""
    return await take_turn(
        Turn(handoff_id=handoff_id, commits=asked.by.worker_id),
        lambda journey, at, _: handoff_commands.accept(journey, by=asked.by, at=at),
        asked=asked,
        works=works,
        clock=clock,
        once=once,
    )
