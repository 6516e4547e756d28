"""Be there again: the absence is over."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.errors import NotFound, Stale
from services.referrals.domain.roster import Absence
from services.referrals.use_cases.act_for_house import check_acts_for_worker
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import DirectoryWork, WorkSource
from shared.clock import Clock


async def come_back(
    absence_id: UUID,
    *,
    worker_id: UUID,
    by: Actor,
    version: int,
    works: WorkSource[DirectoryWork],
    clock: Clock,
    once: Once,
) -> Absence:
    """The ended absence. Raises NotFound, NotYours and Stale."""
    now = clock.now()
    async with works.begin(by.tenant_id, once=once) as work:
        await check_acts_for_worker(worker_id, by=by, work=work, command="come back")
        known = await work.absences.get(absence_id)
        if known.worker_id != worker_id:
            raise NotFound("absence")
        if known.version != version:
            raise Stale(current=known.version)
        starts_at = min(known.starts_at, now - timedelta(seconds=1))
        ended = replace(known, version=version + 1, starts_at=starts_at, ends_at=now)
        await work.absences.replace(ended)
        work.answer(ended)
    return ended
