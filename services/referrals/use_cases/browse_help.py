"""Look for help in the directory: services by what is asked, organisations, and one of them with everything."""

from collections.abc import Sequence
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.use_cases.directory_book_ports import DirectoryBookWork, Entry, ServiceSearch
from services.referrals.use_cases.ports import WorkSource


async def search_services(
    wanted: ServiceSearch, *, by: Actor, works: WorkSource[DirectoryBookWork], after: UUID | None, limit: int
) -> Sequence[Entry]:
    """Up to `limit` services after the one with id `after`."""
    async with works.begin(by.tenant_id) as work:
        return await work.directory_book.services(wanted, after=after, limit=limit)


async def list_help_organizations(
    *, by: Actor, works: WorkSource[DirectoryBookWork], after: UUID | None, limit: int
) -> Sequence[Entry]:
    """Up to `limit` organisations after the one with id `after`."""
    async with works.begin(by.tenant_id) as work:
        return await work.directory_book.organizations(after=after, limit=limit)


async def show_help(kind: str, entry_id: UUID, *, by: Actor, works: WorkSource[DirectoryBookWork]) -> Entry:
    """One service, organisation, location or service at a location with everything. Raises NotFound."""
    async with works.begin(by.tenant_id) as work:
        return await work.directory_book.whole(kind, entry_id)
