"""What a team should talk about today."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.use_cases.ports import WorkSource
from services.referrals.use_cases.referral_ports import HuddleWindow, ReferralLine, ReferralWork
from shared.clock import Clock

DAY = timedelta(days=1)


async def list_referral_huddle(
    team_id: UUID, *, by: Actor, works: WorkSource[ReferralWork], clock: Clock, limit: int
) -> Sequence[ReferralLine]:
    """Up to `limit` open referrals of the team that are new since yesterday, due, stuck, or went otherwise than planned.

    Raises NotFound for a team that the caller neither belongs to nor supervises.
    """
    now = clock.now()
    window = HuddleWindow(since=now - DAY, until=now + DAY)
    async with works.begin(by.tenant_id) as work:
        return await work.referrals.huddle(team_id, by=by, window=window, limit=limit)
