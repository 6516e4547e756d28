"""End the caller's session, or all of them."""

from dataclasses import dataclass

from services.identity.domain.sessions import EndReason, read_token
from services.identity.use_cases.caller import Caller
from services.identity.use_cases.ports import WorkSource
from shared.clock import Clock


@dataclass(frozen=True, kw_only=True, slots=True)
class SignOut:
    """Access tokens already issued live on for their few minutes; no new ones follow."""

    works: WorkSource
    clock: Clock

    async def __call__(self, *, by: Caller, refresh_token: str | None) -> None:
        """End the session of `refresh_token`, or every session of the caller when there is none.

        A token that is unknown, or somebody else's, ends nothing and is no error: signing out always succeeds.
        """
        now = self.clock.now()
        async with self.works.begin(by.tenant_id) as work:
            if refresh_token is None:
                account = await work.accounts.locked(by.account_id, tenant_id=by.tenant_id)
                await work.sessions.end_all(account, reason=EndReason.SIGNED_OUT, at=now)
                return
            presented = read_token(refresh_token)
            if presented is None or presented.tenant_id != by.tenant_id:
                return
            session = await work.sessions.locked(presented.session_id, tenant_id=by.tenant_id)
            if session is None or session.account_id != by.account_id:
                return
            if await work.sessions.token(presented.digest, session=session) is not None:
                await work.sessions.end(session.end(reason=EndReason.SIGNED_OUT, at=now))
