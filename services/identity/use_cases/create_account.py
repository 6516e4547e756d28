"""Open an account for a colleague."""

from dataclasses import dataclass

from services.identity.domain.accounts import Account, Membership, check_password
from services.identity.use_cases.caller import Caller
from services.identity.use_cases.once import Once
from services.identity.use_cases.ports import Passwords, WorkSource
from shared.clock import Clock
from shared.identifiers import new_id


@dataclass(frozen=True, kw_only=True, slots=True)
class CreateAccount:
    """Administrators open accounts in their own tenant; there is no way to name another."""

    works: WorkSource
    passwords: Passwords
    clock: Clock

    async def __call__(
        self,
        email: str,
        *,
        password: str,
        display_name: str,
        membership: Membership,
        by: Caller,
        once: Once | None = None,
    ) -> Account:
        """The new account. `email` is in normal form. Raises PasswordUnsuitable, EmailTaken, WorkerTaken."""
        check_password(password, email=email)
        account = Account(
            account_id=new_id(),
            tenant_id=by.tenant_id,
            email=email,
            display_name=display_name,
            password_hash=await self.passwords.hash(password),
            membership=membership,
            created_at=self.clock.now(),
            created_by=by.account_id,
        )
        async with self.works.begin(by.tenant_id, once=once) as work:
            await work.accounts.add(account)
            work.answer(account)
        return account
