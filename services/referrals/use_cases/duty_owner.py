"""Whoever holds what nobody sent has to be there."""

from uuid import UUID

from services.referrals.domain.errors import InvalidField, NotFound
from services.referrals.use_cases.ports import DirectoryWork


async def check_duty_owner(worker_id: UUID, *, work: DirectoryWork) -> None:
    """Raises InvalidField for somebody who has left. An unknown worker is named by the write itself, with its place."""
    try:
        worker = await work.workers.get(worker_id)
    except NotFound:
        return
    if not worker.active:
        raise InvalidField("worker_has_left", pointer="/duty_owner_worker_id")


async def check_no_duty(worker_id: UUID, *, work: DirectoryWork) -> None:
    """Raises InvalidField while an active programme falls back on this worker: what others leave would lie with nobody."""
    theirs: dict[str, object] = {"duty_owner_worker_id": worker_id, "active": True}
    if await work.programmes.page(where=theirs, after=None, limit=1):
        raise InvalidField("duty_owner_of_a_programme", pointer="/active")
