"""Name the clinical backup of a programme: the team that is called in, and the clinician who stands for it."""

from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.errors import InvalidField, NotFound
from services.referrals.domain.referral_words import QUALIFIED, ReferralKind
from services.referrals.use_cases.act_for_house import check_acts_for
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import WorkSource
from services.referrals.use_cases.referral_ports import BackupWork, ClinicalBackup
from shared.clock import Clock


async def name_referral_backup(
    programme_id: UUID,
    *,
    team_id: UUID,
    worker_id: UUID,
    by: Actor,
    works: WorkSource[BackupWork],
    clock: Clock,
    once: Once,
) -> ClinicalBackup:
    """The backup as it is now. The team may be another house's; whoever stands for it is on it.

    Raises NotFound for what is not in this tenant, NotYours, InvalidField for somebody who is no clinician or not on the team.
    """
    backup = ClinicalBackup(
        tenant_id=by.tenant_id,
        programme_id=programme_id,
        team_id=team_id,
        worker_id=worker_id,
        by_worker_id=by.worker_id,
        recorded_at=clock.now(),
    )
    async with works.begin(by.tenant_id, once=once) as work:
        programme = await work.programmes.get(programme_id)
        await check_acts_for(programme.organization_id, by=by, work=work, command="name the clinical backup")
        await work.teams.get(team_id)
        role = await work.referrals.role_of(worker_id)
        if role is None:
            raise NotFound("worker", pointer="/worker_id")
        if role not in QUALIFIED[ReferralKind.CRISIS_BRIDGE]:
            raise InvalidField("not_qualified", pointer="/worker_id")
        if worker_id not in await work.team_members.of(team_id):
            raise InvalidField("not_on_the_team", pointer="/worker_id")
        await work.referrals.keep_backup(backup)
        work.answer(backup)
    return backup
