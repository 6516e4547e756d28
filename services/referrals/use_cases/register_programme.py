"""Add a programme: where work happens, and by which rules."""

from dataclasses import dataclass
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.directory import ALWAYS_OPEN, Programme, known_time_zone
from services.referrals.domain.local_times import local_date
from services.referrals.domain.protocol_shelf import ProtocolShelf, usable_calendar, usable_protocol
from services.referrals.use_cases.duty_owner import check_duty_owner
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import DirectoryWork, WorkSource
from shared.clock import Clock
from shared.contracts.codes import IntegrationModel, Setting
from shared.identifiers import new_id


@dataclass(frozen=True, kw_only=True, slots=True)
class NewProgramme:
    """What is known of it; see `Programme` for what each means."""

    organization_id: UUID
    name: str
    setting: Setting
    jurisdiction: str
    time_zone: str
    integration_model: IntegrationModel
    duty_owner_worker_id: UUID
    protocol_code: str
    policy_flags: tuple[str, ...] = ()
    calendar_code: str = ALWAYS_OPEN
    help_line: str | None = None


async def register_programme(
    new: NewProgramme,
    *,
    by: Actor,
    works: WorkSource[DirectoryWork],
    protocols: ProtocolShelf,
    clock: Clock,
    once: Once,
) -> Programme:
    """The new programme.

    Raises NotFound for an unknown organisation or worker, InvalidField for a time zone or protocol that does not exist
    and for a duty owner who has left.
    """
    now, time_zone = clock.now(), known_time_zone(new.time_zone)
    programme = Programme(
        tenant_id=by.tenant_id,
        id=new_id(),
        version=1,
        recorded_at=now,
        organization_id=new.organization_id,
        name=new.name,
        setting=new.setting,
        jurisdiction=new.jurisdiction,
        time_zone=time_zone,
        integration_model=new.integration_model,
        duty_owner_worker_id=new.duty_owner_worker_id,
        protocol_code=usable_protocol(
            new.protocol_code,
            setting=new.setting,
            model=new.integration_model,
            on=local_date(now, time_zone=time_zone),
            protocols=protocols,
        ),
        policy_flags=new.policy_flags,
        calendar_code=usable_calendar(new.calendar_code, protocols=protocols),
        help_line=new.help_line,
    )
    async with works.begin(by.tenant_id, once=once) as work:
        await check_duty_owner(new.duty_owner_worker_id, work=work)
        await work.programmes.add(programme)
        work.answer(programme)
    return programme
