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
