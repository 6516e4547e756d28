"""Sign in with e-mail and password."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.identity.domain.access_tokens import claims_for_person
from services.identity.domain.accounts import Account
from services.identity.domain.attempts import AttemptKind
from services.identity.domain.errors import SignInRefused, TenantNeeded
from services.identity.domain.sessions import RefreshToken, Session, token_digest, token_text
from services.identity.use_cases.count_attempt import attempt_keys, count_attempt, take_back_attempt
from services.identity.use_cases.issued import IssuedTokens
from services.identity.use_cases.ports import Digests, Passwords, Signer, WorkSource
from shared.clock import Clock
from shared.identifiers import new_id


@dataclass(frozen=True, kw_only=True, slots=True)
class SignIn:
    """Turns credentials into a session. `session_lifetime` is a shift or so: then the password is asked for again."""

    works: WorkSource
    passwords: Passwords
    signer: Signer
    digests: Digests
    clock: Clock
    issuer: str
    session_lifetime: timedelta

    async def __call__(self, email: str, *, password: str, tenant_id: UUID | None, address: str | None) -> IssuedTokens:
        """Tokens of a new session. `email` is in normal form, `address` the caller's.

        Raises SignInRefused (after the same time whether or not the e-mail is known), TooManyAttempts, TenantNeeded.
        """
        keys = attempt_keys(email=email, address=address, digests=self.digests)
        async with self.works.begin(None) as work:
            await count_attempt(work, keys=keys, at=self.clock.now())
            candidates = await work.accounts.opened_by(email, tenant_id=tenant_id)
        account = await self._opened(candidates, password=password)
        return await self._begin_session(account, keys=keys)

    async def _opened(self, candidates: Sequence[Account], *, password: str) -> Account:
        if not candidates:
            await self.passwords.pretend(password)
        matching = [one for one in candidates if await self.passwords.matches(password, stored=one.password_hash)]
        enabled = [account for account in matching if account.is_enabled]
        if not enabled:
            raise SignInRefused
        if len(enabled) > 1:
            raise TenantNeeded
        return enabled[0]

    async def _begin_session(self, account: Account, *, keys: Sequence[tuple[AttemptKind, bytes]]) -> IssuedTokens:
        now = self.clock.now()
        session = Session(
            session_id=new_id(),
            tenant_id=account.tenant_id,
            account_id=account.account_id,
            created_at=now,
            expires_at=now + self.session_lifetime,
        )
        text = token_text(tenant_id=session.tenant_id, session_id=session.session_id, secret=secrets.token_urlsafe(32))
        token = RefreshToken(
            tenant_id=session.tenant_id, session_id=session.session_id, digest=token_digest(text), issued_at=now
        )
        async with self.works.begin(account.tenant_id) as work:
            # Hashing took a while: the account may have been disabled, or its password changed, meanwhile.
            account_now = await work.accounts.locked(account.account_id, tenant_id=account.tenant_id)
            if not account_now.is_enabled or account_now.password_hash != account.password_hash:
                raise SignInRefused
            await take_back_attempt(work, keys=keys, at=now)
            await work.sessions.add(session, token)
            key = (await work.keys.ring()).signing_key(at=now)
        claims = claims_for_person(account_now, issuer=self.issuer, token_id=new_id(), at=now)
        return IssuedTokens(access_token=self.signer.sign(claims, key=key), refresh_token=text)
