"""Change a worker: name, practice role, languages, supervision; or record that they have left."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.directory import Worker
from services.referrals.domain.directory_facts import worker_fact
from services.referrals.domain.errors import InvalidField, Stale
from services.referrals.use_cases.act_for_house import check_acts_for_worker
from services.referrals.use_cases.duty_owner import check_no_duty
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import DirectoryWork, WorkSource
from shared.clock import Clock
from shared.contracts.codes import PracticeRole
from shared.contracts.events import EventType


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerChange:
    """`None` leaves a field as it is; `active=False` says that the worker has left."""

    display_name: str | None = None
    practice_role: PracticeRole | None = None
    languages: tuple[str, ...] | None = None
    last_supervised_on: date | None = None
    supervision_cadence_days: int | None = None
    active: bool | None = None


async def change_worker(
    worker_id: UUID,
    change: WorkerChange,
    *,
    by: Actor,
    version: int,
    works: WorkSource[DirectoryWork],
    clock: Clock,
    once: Once,
) -> Worker:
    """The changed worker.

    Raises NotFound, NotYours, Stale, and InvalidField for a supervision in the future, and for whoever leaves before
    somebody else is named in their place as the duty owner of a programme.
    """
    now = clock.now()
    if change.last_supervised_on is not None and change.last_supervised_on > now.date():
        raise InvalidField("in_the_future", pointer="/last_supervised_on")
    async with works.begin(by.tenant_id, once=once) as work:
        known = await work.workers.get(worker_id)
        await check_acts_for_worker(worker_id, by=by, work=work, command="change a worker")
        if known.version != version:
            raise Stale(current=known.version)
        changed = replace(
            known,
            version=version + 1,
            display_name=change.display_name or known.display_name,
            practice_role=change.practice_role or known.practice_role,
            languages=known.languages if change.languages is None else change.languages,
            last_supervised_on=change.last_supervised_on or known.last_supervised_on,
            supervision_cadence_days=change.supervision_cadence_days or known.supervision_cadence_days,
            active=known.active if change.active is None else change.active,
        )
        left = known.active and not changed.active
        if left:
            await check_no_duty(worker_id, work=work)
        await work.workers.replace(changed)
        event = EventType.WORKER_LEFT if left else EventType.WORKER_CHANGED
        work.announce(event, subject=changed.id, data=worker_fact(changed, at=now))
        work.answer(changed)
    return changed
