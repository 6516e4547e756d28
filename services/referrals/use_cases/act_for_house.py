"""Whether somebody may act for a house at all, whatever their role: asked before anything of it is changed or shown."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.directory import Worker
from services.referrals.domain.errors import InvalidField, NotFound, NotYours
from services.referrals.domain.houses import acts_for
from services.referrals.use_cases.ports import Records
from shared.contracts.codes import AccessRole


class HouseWork(Protocol):
    """A unit of work that knows who works where."""

    @property
    def workers(self) -> Records[Worker]: ...


async def check_acts_for(house: UUID, *, by: Actor, work: HouseWork, command: str) -> None:
    """Raises NotYours for people of another house, and for an account without a worker that is no administrator's."""
    if not acts_for(house, by=by, own_house=await own_house(by, work=work)):
        raise NotYours(command=command, belongs_to=("people of the organisation", "administrator"))


async def check_acts_for_worker(worker_id: UUID, *, by: Actor, work: HouseWork, command: str) -> None:
    """Everybody acts for themselves; for others, supervisors of their house and administrators. Raises NotYours, NotFound."""
    if worker_id == by.worker_id or by.access_role is AccessRole.ADMINISTRATOR:
        return
    worker = await _worker(worker_id, work=work, pointer="/worker_id") if by.supervises else None
    if worker is None or not acts_for(worker.organization_id, by=by, own_house=await own_house(by, work=work)):
        raise NotYours(command=command, belongs_to=("the worker", "supervisor of their organisation"))


async def check_all_belong(
    worker_ids: Sequence[UUID], *, house: UUID, by: Actor, work: HouseWork, pointer: str
) -> None:
    """The same for several. Raises NotFound for an unknown worker, InvalidField."""
    for worker_id in () if by.access_role is AccessRole.ADMINISTRATOR else worker_ids:
        check_belongs(await _worker(worker_id, work=work, pointer=pointer), house=house, by=by, pointer=pointer)


def check_belongs(worker: Worker, *, house: UUID, by: Actor, pointer: str) -> None:
    """Nobody but an administrator gives another house's people a place in their own. Raises InvalidField."""
    if by.access_role is not AccessRole.ADMINISTRATOR and worker.organization_id != house:
        raise InvalidField("works_elsewhere", pointer=pointer)


async def own_house(by: Actor, *, work: HouseWork) -> UUID | None:
    """Where the caller works by our own record."""
    if by.worker_id is None:
        return None
    try:
        return (await work.workers.get(by.worker_id)).organization_id
    except NotFound:
        return None


async def _worker(worker_id: UUID, *, work: HouseWork, pointer: str) -> Worker:
    try:
        return await work.workers.get(worker_id)
    except NotFound:
        raise NotFound("worker", pointer=pointer) from None
