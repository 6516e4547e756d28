"""Mark the milestones whose due time has passed. They stay completable; marking twice changes nothing."""

from services.referrals.use_cases.handoff_ports import OverdueMilestones
from shared.clock import Clock

BATCH = 3_000


async def sweep_milestones(overdue: OverdueMilestones, *, clock: Clock) -> int:
    """How many were marked by this sweep. Any number of sweeps may run at the same time."""
    total = 0
    while marked := await overdue.mark_missed(now=clock.now(), limit=BATCH):
        total += marked
    return total
