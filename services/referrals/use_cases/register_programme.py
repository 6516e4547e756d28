"""Add a programme: where work happens, and by which rules."""

from dataclasses import dataclass
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.directory import Programme, known_time_zone
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


async def register_programme(
    new: NewProgramme, *, by: Actor, works: WorkSource[DirectoryWork], clock: Clock, once: Once
) -> Programme:
    """The new programme. Raises NotFound for an unknown organisation or worker, InvalidField for the time zone."""
    programme = Programme(
        tenant_id=by.tenant_id,
        id=new_id(),
        version=1,
        recorded_at=clock.now(),
        organization_id=new.organization_id,
        name=new.name,
        setting=new.setting,
        jurisdiction=new.jurisdiction,
        time_zone=known_time_zone(new.time_zone),
        integration_model=new.integration_model,
        duty_owner_worker_id=new.duty_owner_worker_id,
        protocol_code=new.protocol_code,
        policy_flags=new.policy_flags,
    )
    async with works.begin(by.tenant_id, once=once) as work:
        await work.programmes.add(programme)
        work.answer(programme)
    return programme
