"""Referrals that the caller may know of, by page."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from services.referrals.use_cases.ports import WorkSource
from services.referrals.use_cases.referral_ports import ReferralFilter, ReferralLine, ReferralOrder, ReferralWork
from shared.clock import Clock

AT_RISK = timedelta(days=1)
"""How long before its time an unanswered referral is worth a look."""


async def list_referrals(
    wanted: ReferralFilter, *, works: WorkSource[ReferralWork], clock: Clock, after: UUID | None, limit: int
) -> Sequence[ReferralLine]:
    """Up to `limit` lines, beginning after the one with id `after`."""
    if wanted.order is ReferralOrder.AT_RISK:
        wanted = replace(wanted, due_before=clock.now() + AT_RISK)
    async with works.begin(wanted.by.tenant_id) as work:
        return await work.referrals.page(wanted, after=after, limit=limit)
