"""When somebody is not there: their own to see, and their supervisors'. To everybody else they are simply not available."""

from collections.abc import Sequence
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.roster import Absence
from services.referrals.use_cases.act_for_house import check_acts_for_worker
from services.referrals.use_cases.ports import DirectoryWork, WorkSource


async def list_absences(
    worker_id: UUID, *, by: Actor, works: WorkSource[DirectoryWork], after: UUID | None, limit: int
) -> Sequence[Absence]:
    """Up to `limit` of the worker's absences after the one with id `after`, ended ones included. Raises NotYours."""
    async with works.begin(by.tenant_id) as work:
        await check_acts_for_worker(worker_id, by=by, work=work, command="see absences")
        return await work.absences.page(where={"worker_id": worker_id}, after=after, limit=limit)
