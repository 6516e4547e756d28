"""Change what may change about a programme: its name, duty owner, protocol, policy flags, help line, and whether it runs."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.directory import Programme
from services.referrals.domain.errors import Stale
from services.referrals.domain.local_times import local_date
from services.referrals.domain.protocol_shelf import ProtocolShelf, usable_calendar, usable_protocol
from services.referrals.use_cases.duty_owner import check_duty_owner
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import DirectoryWork, WorkSource
from shared.clock import Clock


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgrammeChange:
    """`None` leaves a field as it is; an empty `help_line` takes it away."""

    name: str | None = None
    duty_owner_worker_id: UUID | None = None
    protocol_code: str | None = None
    policy_flags: tuple[str, ...] | None = None
    calendar_code: str | None = None
    help_line: str | None = None
    active: bool | None = None


async def change_programme(
    programme_id: UUID,
    change: ProgrammeChange,
    *,
    by: Actor,
    version: int,
    works: WorkSource[DirectoryWork],
    protocols: ProtocolShelf,
    clock: Clock,
    once: Once,
) -> Programme:
    """The changed programme.

    Raises NotFound (the programme, or the new duty owner), Stale, and InvalidField for a new protocol that does not exist
    or a new duty owner who has left.
    """
    async with works.begin(by.tenant_id, once=once) as work:
        known = await work.programmes.get(programme_id)
        if known.version != version:
            raise Stale(current=known.version)
        if change.protocol_code not in (None, known.protocol_code):
            usable_protocol(
                change.protocol_code,
                setting=known.setting,
                model=known.integration_model,
                on=local_date(clock.now(), time_zone=known.time_zone),
                protocols=protocols,
            )
        if change.calendar_code is not None:
            usable_calendar(change.calendar_code, protocols=protocols)
        if change.duty_owner_worker_id not in (None, known.duty_owner_worker_id):
            await check_duty_owner(change.duty_owner_worker_id, work=work)
        changed = replace(
            known,
            version=version + 1,
            name=known.name if change.name is None else change.name,
            duty_owner_worker_id=change.duty_owner_worker_id or known.duty_owner_worker_id,
            protocol_code=known.protocol_code if change.protocol_code is None else change.protocol_code,
            policy_flags=known.policy_flags if change.policy_flags is None else change.policy_flags,
            calendar_code=change.calendar_code or known.calendar_code,
            help_line=known.help_line if change.help_line is None else change.help_line or None,
            active=known.active if change.active is None else change.active,
        )
        await work.programmes.replace(changed)
        work.answer(changed)
    return changed
