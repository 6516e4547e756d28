"""Trade a refresh token for the next one and a fresh access token."""

from base64 import urlsafe_b64encode
from dataclasses import dataclass

from services.identity.domain.access_tokens import claims_for_person
from services.identity.domain.errors import RefreshRefused
from services.identity.domain.sessions import (
    EndReason,
    PresentedToken,
    RefreshOutcome,
    RefreshToken,
    Session,
    judge_refresh,
    read_token,
    token_digest,
    token_text,
)
from services.identity.use_cases.issued import IssuedTokens
from services.identity.use_cases.ports import Digests, Signer, Work, WorkSource
from shared.clock import Clock
from shared.identifiers import new_id


@dataclass(frozen=True, kw_only=True, slots=True)
class RefreshSession:
    """Rotates refresh tokens. Claims are read anew, so a changed role shows with the next token.

    The next token is made of the presented one under our own key, so it can be given again without being stored, and
    only to somebody who still holds the one before it.
    """

    works: WorkSource
    digests: Digests
    signer: Signer
    clock: Clock
    issuer: str

    async def __call__(self, refresh_token: str) -> IssuedTokens:
        """The next pair of tokens. Raises RefreshRefused; a token used before (not just now) also ends its session."""
        presented = read_token(refresh_token)
        if presented is None:
            raise RefreshRefused
        # Refusing comes after the unit of work: the end of a session has to be committed first.
        async with self.works.begin(presented.tenant_id) as work:
            issued = await self._judge(work, presented, following=self._following(refresh_token, presented))
        if issued is None:
            raise RefreshRefused
        return issued

    def _following(self, text: str, presented: PresentedToken) -> str:
        secret = urlsafe_b64encode(self.digests.digest("refresh-successor", text)).rstrip(b"=").decode()
        return token_text(tenant_id=presented.tenant_id, session_id=presented.session_id, secret=secret)

    async def _judge(self, work: Work, presented: PresentedToken, *, following: str) -> IssuedTokens | None:
        now = self.clock.now()
        session = await work.sessions.locked(presented.session_id, tenant_id=presented.tenant_id)
        if session is None:
            return None
        token = await work.sessions.token(presented.digest, session=session)
        was_used = token is not None and token.used_at is not None
        successor = await work.sessions.token(token_digest(following), session=session) if was_used else None
        outcome = judge_refresh(session, token, successor=successor, at=now)
        if outcome is RefreshOutcome.END_SESSION:
            await work.sessions.end(session.end(reason=EndReason.TOKEN_REUSED, at=now))
        if outcome in (RefreshOutcome.END_SESSION, RefreshOutcome.REFUSE):
            return None
        return await self._issue(
            work, session, used=token if outcome is RefreshOutcome.ROTATE else None, text=following
        )

    async def _issue(
        self, work: Work, session: Session, *, used: RefreshToken | None, text: str
    ) -> IssuedTokens | None:
        now = self.clock.now()
        account = await work.accounts.read(session.account_id, tenant_id=session.tenant_id)
        if not account.is_enabled:
            return None
        if used is not None:
            successor = RefreshToken(
                tenant_id=session.tenant_id, session_id=session.session_id, digest=token_digest(text), issued_at=now
            )
            await work.sessions.rotate(used, successor=successor)
        key = (await work.keys.ring()).signing_key(at=now)
        claims = claims_for_person(account, issuer=self.issuer, token_id=new_id(), at=now)
        return IssuedTokens(access_token=self.signer.sign(claims, key=key), refresh_token=text)
