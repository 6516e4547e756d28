"""Record that the acceptor reached the person for the first time, or tried to."""

from uuid import UUID

from services.referrals.domain import handoff_commands
from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.handoff_states import ContactChannel
from services.referrals.use_cases.handoff_ports import Asked, HandoffWork
from services.referrals.use_cases.handoff_turn import Turn, take_turn
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import WorkSource
from shared.clock import Clock
from shared.contracts.codes import ReportedBy


async def record_handoff_contact(
    handoff_id: UUID,
    *,
    how: ContactChannel,
    reached: bool,
    reported_by: ReportedBy,
    asked: Asked,
    works: WorkSource[HandoffWork],
    clock: Clock,
    once: Once,
) -> Journey:
    """The journey; only reaching the person moves custody."""
    return await take_turn(
        Turn(handoff_id=handoff_id),
        lambda journey, at, _: handoff_commands.contact(
            journey, how=how, reached=reached, reported_by=reported_by, by=asked.by, at=at
        ),
        asked=asked,
        works=works,
        clock=clock,
        once=once,
    )
