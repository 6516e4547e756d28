"""Name the clinical backup of a programme: the team that is called in, and the clinician who stands for it."""

from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.errors import InvalidField, NotFound
from services.referrals.domain.referral_words import QUALIFIED, ReferralKind
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import WorkSource
from services.referrals.use_cases.referral_ports import ClinicalBackup, ReferralWork
from shared.clock import Clock


async def name_referral_backup(
    programme_id: UUID,
    *,
    team_id: UUID,
    worker_id: UUID,
    by: Actor,
    works: WorkSource[ReferralWork],
    clock: Clock,
    once: Once,
) -> ClinicalBackup:
    """The backup as it is now. Raises NotFound for what is not in this tenant, InvalidField for somebody who is no clinician."""
    backup = ClinicalBackup(
        tenant_id=by.tenant_id,
        programme_id=programme_id,
        team_id=team_id,
        worker_id=worker_id,
        by_worker_id=by.worker_id,
        recorded_at=clock.now(),
    )
    async with works.begin(by.tenant_id, once=once) as work:
        role = await work.referrals.role_of(worker_id)
        if role is None:
            raise NotFound("worker", pointer="/worker_id")
        if role not in QUALIFIED[ReferralKind.CRISIS_BRIDGE]:
            raise InvalidField("not_qualified", pointer="/worker_id")
        await work.referrals.keep_backup(backup)
        work.answer(backup)
    return backup
