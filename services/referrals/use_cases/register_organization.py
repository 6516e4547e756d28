"""Add an organisation to the network."""

from services.referrals.domain.actor import Actor
from services.referrals.domain.directory import Organization
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import DirectoryWork, WorkSource
from shared.clock import Clock
from shared.identifiers import new_id


async def register_organization(
    name: str, *, by: Actor, works: WorkSource[DirectoryWork], clock: Clock, once: Once
) -> Organization:
    """The new organisation."""
    organization = Organization(tenant_id=by.tenant_id, id=new_id(), version=1, recorded_at=clock.now(), name=name)
    async with works.begin(by.tenant_id, once=once) as work:
        await work.organizations.add(organization)
        work.answer(organization)
    return organization
