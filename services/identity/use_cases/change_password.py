"""Change one's own password."""

from dataclasses import dataclass

from services.identity.domain.accounts import check_password
from services.identity.domain.errors import SignInRefused
from services.identity.domain.sessions import EndReason
from services.identity.use_cases.caller import Caller
from services.identity.use_cases.count_attempt import attempt_keys, count_attempt, take_back_attempt
from services.identity.use_cases.ports import Digests, Passwords, WorkSource
from shared.clock import Clock


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangePassword:
    """The current password is asked for, and guesses at it count like guesses at the door."""

    works: WorkSource
    passwords: Passwords
    digests: Digests
    clock: Clock

    async def __call__(self, current: str, *, new: str, by: Caller) -> None:
        """Every session ends: whoever knew the old password is out. Raises SignInRefused, TooManyAttempts,
        PasswordUnsuitable."""
        now = self.clock.now()
        async with self.works.begin(by.tenant_id) as work:
            account = await work.accounts.read(by.account_id, tenant_id=by.tenant_id)
            check_password(new, email=account.email)
            keys = attempt_keys(email=account.email, address=None, digests=self.digests)
            await count_attempt(work, keys=keys, at=now)
        if not await self.passwords.matches(current, stored=account.password_hash):
            raise SignInRefused
        new_hash = await self.passwords.hash(new)
        async with self.works.begin(by.tenant_id) as work:
            account_now = await work.accounts.locked(by.account_id, tenant_id=by.tenant_id)
            if not account_now.is_enabled or account_now.password_hash != account.password_hash:
                raise SignInRefused
            await work.accounts.save(account_now.with_password(new_hash))
            await work.sessions.end_all(account_now, reason=EndReason.PASSWORD_CHANGED, at=self.clock.now())
            await take_back_attempt(work, keys=keys, at=self.clock.now())
