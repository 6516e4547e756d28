"""One referral, as far as its reader may know of it."""

from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.use_cases.ports import WorkSource
from services.referrals.use_cases.referral_ports import ReferralReading, ReferralWork


async def read_referral(referral_id: UUID, *, by: Actor, works: WorkSource[ReferralWork]) -> ReferralReading:
    """The referral. Raises NotFound, also for one that the caller may not know of."""
    async with works.begin(by.tenant_id) as work:
        return await work.referrals.reading(referral_id, by=by)
