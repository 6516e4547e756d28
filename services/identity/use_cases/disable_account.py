"""Close an account for sign-in and end its sessions."""

from dataclasses import dataclass
from uuid import UUID

from services.identity.domain.accounts import Account
from services.identity.domain.sessions import EndReason
from services.identity.use_cases.caller import Caller
from services.identity.use_cases.once import Once
from services.identity.use_cases.ports import WorkSource
from shared.clock import Clock


@dataclass(frozen=True, kw_only=True, slots=True)
class DisableAccount:
    """Services that hold an access token of the account notice within its ten minutes."""

    works: WorkSource
    clock: Clock

    async def __call__(
        self, account_id: UUID, *, expected_version: int, by: Caller, once: Once | None = None
    ) -> Account:
        """The disabled account. Raises AccountUnknown, AccountChanged, OwnAccount."""
        now = self.clock.now()
        async with self.works.begin(by.tenant_id, once=once) as work:
            account = await work.accounts.locked(account_id, tenant_id=by.tenant_id)
            disabled = account.disable(by=by.account_id, expected_version=expected_version, at=now)
            await work.accounts.save(disabled)
            await work.sessions.end_all(disabled, reason=EndReason.ACCOUNT_DISABLED, at=now)
            work.answer(disabled)
        return disabled
