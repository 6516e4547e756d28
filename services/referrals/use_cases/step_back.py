"""Step back for a while: nothing is asked of the worker, and what they hold is looked after. Nobody asks why."""

from datetime import datetime
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.errors import InvalidField
from services.referrals.domain.roster import Absence
from services.referrals.use_cases.act_for_house import check_acts_for_worker
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import DirectoryWork, WorkSource
from shared.clock import Clock
from shared.identifiers import new_id


async def step_back(
    worker_id: UUID,
    *,
    starts_at: datetime | None,
    ends_at: datetime | None,
    by: Actor,
    works: WorkSource[DirectoryWork],
    clock: Clock,
    once: Once,
) -> Absence:
    """The new absence, from now where no beginning is given. Raises NotYours for whoever neither is the worker nor supervises in their house."""
    now = clock.now()
    begins = starts_at or now
    if ends_at is not None and ends_at <= begins:
        raise InvalidField("ends_before_it_begins", pointer="/ends_at")
    absence = Absence(
        tenant_id=by.tenant_id,
        id=new_id(),
        version=1,
        recorded_at=now,
        worker_id=worker_id,
        starts_at=begins,
        ends_at=ends_at,
    )
    async with works.begin(by.tenant_id, once=once) as work:
        await check_acts_for_worker(worker_id, by=by, work=work, command="step back")
        await work.absences.add(absence)
        work.answer(absence)
    return absence
