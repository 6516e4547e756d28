"""Who is called in for a programme when a peer meets a crisis."""

from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.errors import NotFound
from services.referrals.use_cases.ports import WorkSource
from services.referrals.use_cases.referral_ports import ClinicalBackup, ReferralWork


async def read_referral_backup(programme_id: UUID, *, by: Actor, works: WorkSource[ReferralWork]) -> ClinicalBackup:
    """The clinical backup. Raises NotFound for a programme without one."""
    async with works.begin(by.tenant_id) as work:
        found = await work.referrals.backup_of(programme_id)
    if found is None:
        raise NotFound("clinical backup")
    return found
