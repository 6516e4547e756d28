"""Put somebody on call for a programme."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.errors import InvalidField, NotFound
from services.referrals.domain.roster import Duty, Shift, check_shift
from services.referrals.use_cases.act_for_house import check_acts_for, check_belongs
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import DirectoryWork, WorkSource
from shared.clock import Clock
from shared.identifiers import new_id


@dataclass(frozen=True, kw_only=True, slots=True)
class NewShift:
    """See `Shift`."""

    worker_id: UUID
    duty: Duty
    starts_at: datetime
    ends_at: datetime


async def put_on_call(
    programme_id: UUID, new: NewShift, *, by: Actor, works: WorkSource[DirectoryWork], clock: Clock, once: Once
) -> Shift:
    """The new shift. Raises NotFound, NotYours, and InvalidField for times that cannot be kept or a worker who has left."""
    check_shift(starts_at=new.starts_at, ends_at=new.ends_at)
    shift = Shift(
        tenant_id=by.tenant_id,
        id=new_id(),
        version=1,
        recorded_at=clock.now(),
        programme_id=programme_id,
        worker_id=new.worker_id,
        duty=new.duty,
        starts_at=new.starts_at,
        ends_at=new.ends_at,
    )
    async with works.begin(by.tenant_id, once=once) as work:
        programme = await work.programmes.get(programme_id)
        await check_acts_for(programme.organization_id, by=by, work=work, command="put on call")
        try:
            worker = await work.workers.get(new.worker_id)
        except NotFound:
            raise NotFound("worker", pointer="/worker_id") from None
        if not worker.active:
            raise InvalidField("worker_has_left", pointer="/worker_id")
        check_belongs(worker, house=programme.organization_id, by=by, pointer="/worker_id")
        await work.shifts.add(shift)
        work.answer(shift)
    return shift
