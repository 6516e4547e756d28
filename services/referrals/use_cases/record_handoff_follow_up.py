"""Record a contact after the first one."""

from uuid import UUID

from services.referrals.domain import handoff_commands
from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.handoff_states import ContactChannel
from services.referrals.use_cases.handoff_ports import Asked, HandoffWork
from services.referrals.use_cases.handoff_turn import Turn, take_turn
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import WorkSource
from shared.clock import Clock
from shared.contracts.codes import MilestoneCode, ReportedBy


async def record_handoff_follow_up(
    handoff_id: UUID,
    *,
    milestone: MilestoneCode | None,
    how: ContactChannel,
    reached: bool,
    reported_by: ReportedBy,
    asked: Asked,
    works: WorkSource[HandoffWork],
    clock: Clock,
    once: Once,
) -> Journey:
    """The journey; reaching the person meets the milestone, late or not."""
    return await take_turn(
        Turn(handoff_id=handoff_id),
        lambda journey, at, _: handoff_commands.follow_up(
            journey, milestone=milestone, how=how, reached=reached, reported_by=reported_by, by=asked.by, at=at
        ),
        asked=asked,
        works=works,
        clock=clock,
        once=once,
    )
