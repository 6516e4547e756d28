"""Look one account up."""

from dataclasses import dataclass
from uuid import UUID

from services.identity.domain.accounts import Account
from services.identity.use_cases.ports import WorkSource


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadAccount:
    """Reads within one tenant."""

    works: WorkSource

    async def __call__(self, account_id: UUID, *, tenant_id: UUID) -> Account:
        """The account. Raises AccountUnknown, for another tenant's account too."""
        async with self.works.begin(tenant_id) as work:
            return await work.accounts.read(account_id, tenant_id=tenant_id)
