"""Note of whom the caller is told by consent, so that the notice goes along with their records."""

from collections.abc import Collection, Mapping
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.redisclosure import Basis
from services.referrals.use_cases.ports import WorkSource
from services.referrals.use_cases.referral_ports import ReferralWork


async def note_people_told(
    person_ids: Collection[UUID], *, by: Actor, works: WorkSource[ReferralWork]
) -> Mapping[UUID, Basis]:
    """By person, the consent on which the caller may read the record; absent for those known otherwise."""
    if by.worker_id is None or not person_ids:
        return {}
    async with works.begin(by.tenant_id) as work:
        return await work.referrals.told_of(person_ids, by=by)
