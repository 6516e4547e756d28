"""Mark requests that nobody has answered in time. They stay answerable; marking twice changes nothing."""

from services.referrals.use_cases.referral_ports import OverdueReferrals
from shared.clock import Clock

BATCH = 100


async def sweep_overdue_referrals(overdue: OverdueReferrals, *, clock: Clock) -> int:
    """How many were marked by this sweep. Any number of sweeps may run at the same time."""
    total = 0
    while marked := await overdue.mark_overdue(now=clock.now(), limit=BATCH):
        total += marked
    return total
