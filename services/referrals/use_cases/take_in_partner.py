"""An organisation of the directory becomes a partner: its workers and teams can then be referred to."""

from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.directory import Organization
from services.referrals.use_cases.directory_book_ports import DirectoryBookWork
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import WorkSource
from shared.clock import Clock


async def take_in_partner(
    organization_id: UUID, *, by: Actor, works: WorkSource[DirectoryBookWork], clock: Clock, once: Once
) -> Organization:
    """The partner, under the id and name it has in the directory. Raises NotFound, and AlreadyExists for a partner."""
    async with works.begin(by.tenant_id, once=once) as work:
        found = await work.directory_book.whole("organization", organization_id)
        partner = Organization(
            tenant_id=by.tenant_id,
            id=organization_id,
            version=1,
            recorded_at=clock.now(),
            name=str(found.content["name"]),
        )
        await work.organizations.add(partner)
        work.answer(partner)
    return partner
