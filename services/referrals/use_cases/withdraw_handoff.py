"""Take a handoff back while the discharge stands."""

from uuid import UUID

from services.referrals.domain import handoff_commands
from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.handoff_states import WithdrawReason
from services.referrals.use_cases.handoff_ports import Asked, HandoffWork
from services.referrals.use_cases.handoff_turn import Turn, take_turn
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import WorkSource
from shared.clock import Clock


async def withdraw_handoff(
    handoff_id: UUID,
    *,
    reason: WithdrawReason,
    asked: Asked,
    works: WorkSource[HandoffWork],
    clock: Clock,
    once: Once,
) -> Journey:
    """The withdrawn journey; custody is with the sender."""
    return await take_turn(
        Turn(handoff_id=handoff_id),
        lambda journey, at, _: handoff_commands.withdraw(journey, reason=reason, by=asked.by, at=at),
        asked=asked,
        works=works,
        clock=clock,
        once=once,
    )
