"""List a tenant's accounts, oldest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.identity.domain.accounts import Account
from services.identity.use_cases.ports import WorkSource


@dataclass(frozen=True, kw_only=True, slots=True)
class ListAccounts:
    """Keyset paging by account id (ids sort by creation)."""

    works: WorkSource

    async def __call__(self, *, tenant_id: UUID, after: UUID | None, limit: int) -> tuple[Sequence[Account], bool]:
        """Up to `limit` accounts after `after`, and whether there are more."""
        async with self.works.begin(tenant_id) as work:
            found = await work.accounts.page(tenant_id=tenant_id, after=after, limit=limit + 1)
        return found[:limit], len(found) > limit
