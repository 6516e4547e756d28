"""Open a disabled account for sign-in again."""

from dataclasses import dataclass
from uuid import UUID

from services.identity.domain.accounts import Account
from services.identity.use_cases.caller import Caller
from services.identity.use_cases.once import Once
from services.identity.use_cases.ports import WorkSource


@dataclass(frozen=True, kw_only=True, slots=True)
class EnableAccount:
    """Sessions that ended stay ended: the person signs in anew."""

    works: WorkSource

    async def __call__(
        self, account_id: UUID, *, expected_version: int, by: Caller, once: Once | None = None
    ) -> Account:
        """The enabled account. Raises AccountUnknown, AccountChanged."""
        async with self.works.begin(by.tenant_id, once=once) as work:
            account = await work.accounts.locked(account_id, tenant_id=by.tenant_id)
            enabled = account.enable(expected_version=expected_version)
            await work.accounts.save(enabled)
            work.answer(enabled)
        return enabled
