"""Add a worker to an organisation; this is where `worker_id` is minted, one per membership."""

from dataclasses import dataclass
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.directory import Worker
from services.referrals.domain.directory_facts import worker_fact
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import DirectoryWork, WorkSource
from shared.clock import Clock
from shared.contracts.codes import PracticeRole
from shared.contracts.events import EventType
from shared.identifiers import new_id


@dataclass(frozen=True, kw_only=True, slots=True)
class NewWorker:
    """What is known of them; see `Worker`."""

    organization_id: UUID
    display_name: str
    practice_role: PracticeRole
    languages: tuple[str, ...] = ()


async def register_worker(
    new: NewWorker, *, by: Actor, works: WorkSource[DirectoryWork], clock: Clock, once: Once
) -> Worker:
    """The new worker. Raises NotFound for an unknown organisation."""
    now = clock.now()
    worker = Worker(
        tenant_id=by.tenant_id,
        id=new_id(),
        version=1,
        recorded_at=now,
        organization_id=new.organization_id,
        display_name=new.display_name,
        practice_role=new.practice_role,
        languages=new.languages,
    )
    async with works.begin(by.tenant_id, once=once) as work:
        await work.workers.add(worker)
        work.announce(EventType.WORKER_REGISTERED, subject=worker.id, data=worker_fact(worker, at=now))
        work.answer(worker)
    return worker
