"""The ports of scope_guard, notifications and identity over HTTP."""

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.console.adapters.neighbour import Neighbour
from services.console.domain import told
from services.console.domain.session import Session
from services.console.domain.told_contact import ContactPoints
from services.console.use_cases.ports import Unreachable
from shared.contracts.paging import Page
from shared.contracts.scope import BoundaryEventView
from shared.tokens import TokenInvalid, TokenVerifier
from shared.visitor_address import VISITOR_ADDRESS, VisitorSeal


@dataclass(frozen=True, kw_only=True)
class ScopeGuardOverHttp:
    """Asks scope_guard."""

    neighbour: Neighbour

    async def preview(self, body: Mapping[str, Any], *, by: Session) -> told.Judgement:
        """What the guard would say; leaves nothing behind."""
        return await self.neighbour.post("/decisions/preview", body, by=by, answer=told.Judgement)

    async def decision(self, decision_id: UUID, *, by: Session) -> told.Judgement:
        """A decision as it was given."""
        return await self.neighbour.get(f"/decisions/{decision_id}", by=by, answer=told.Judgement)

    async def boundary_events(self, by: Session, *, since: datetime, most: int = 1000) -> Sequence[BoundaryEventView]:
        """Boundary events since an instant, newest first, `most` at the most."""
        found: list[BoundaryEventView] = []
        cursor = None
        while len(found) < most:
            page = await self.neighbour.get(
                "/boundary-events",
                by=by,
                answer=Page[BoundaryEventView],
                asked={"from": since.isoformat(), "limit": 200, "cursor": cursor},
            )
            found += page.items
            cursor = page.next_cursor
            if cursor is None:
                break
        return found


@dataclass(frozen=True, kw_only=True)
class NotificationsOverHttp:
    """Asks notifications."""

    neighbour: Neighbour

    async def inbox(
        self, by: Session, *, state: str = "open", limit: int = 100, cursor: str | None = None
    ) -> Page[told.InboxItem]:
        """The visitor's own items."""
        return await self.neighbour.get(
            "/inbox", by=by, answer=Page[told.InboxItem], state=state, limit=limit, cursor=cursor
        )

    async def contact_points(self, worker_id: UUID, *, by: Session) -> tuple[ContactPoints, int]:
        """How a worker wants to be reached, and the version to change it from."""
        return await self.neighbour.get_versioned(f"/workers/{worker_id}/contact-points", by=by, answer=ContactPoints)

    async def set_contact_points(self, worker_id: UUID, points: ContactPoints, *, version: int, by: Session) -> None:
        """Replace all of them."""
        await self.neighbour.put(
            f"/workers/{worker_id}/contact-points", points.model_dump(mode="json"), by=by, version=version
        )

    async def seen(self, item_id: UUID, *, by: Session) -> None:
        """Note that an item was seen, which accepts nothing."""
        await self.neighbour.tell(f"/inbox/{item_id}/seen", {}, by=by)

    async def claim(self, token: str, *, by: Session) -> told.InboxItem:
        """Where a link from a message leads. Raises Refused where it leads nowhere."""
        return await self.neighbour.post("/claims", {"token": token}, by=by, answer=told.InboxItem)

    async def deliveries(
        self,
        by: Session,
        *,
        state: str | None = None,
        subject: UUID | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Page[told.Delivery]:
        """Deliveries of the network, newest first; those about one handoff or task where `subject` names it."""
        return await self.neighbour.get(
            "/deliveries",
            by=by,
            answer=Page[told.Delivery],
            state=state,
            subject_id=subject,
            limit=limit,
            cursor=cursor,
        )


@dataclass(frozen=True, kw_only=True)
class IdentityOverHttp:
    """Asks identity, and believes a token only after checking its signature."""

    neighbour: Neighbour
    verifier: TokenVerifier
    seal: VisitorSeal | None = None

    async def sign_in(self, email: str, *, password: str, address: str | None) -> Session:
        """A new session. `address` is the visitor's. Raises Refused where the two do not open an account."""
        tokens = await self.neighbour.post(
            "/sign-in",
            {"email": email, "password": password},
            by=None,
            answer=told.Tokens,
            headers=self._vouched(address),
        )
        try:
            claims = await self.verifier.verify(tokens.access_token)
        except TokenInvalid:
            raise Unreachable(self.neighbour.service.value) from None
        if claims.tenant_id is None:
            raise Unreachable(self.neighbour.service.value)
        session = Session(
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token,
            expires_at=int(time.time()) + tokens.expires_in,
            role=claims.access_role,
            tenant_id=claims.tenant_id,
            worker_id=claims.worker_id,
            name="",
            csrf=secrets.token_urlsafe(24),
        )
        account = await self.neighbour.get("/me", by=session, answer=told.Account)
        return replace(session, name=account.display_name)

    def _vouched(self, address: str | None) -> Mapping[str, str]:
        if self.seal is None or address is None:
            return {}
        try:
            return {VISITOR_ADDRESS: self.seal.seal(address, at=datetime.now(UTC))}
        except ValueError:  # a socket without an address
            return {}

    async def refresh(self, session: Session) -> Session:
        """The same session with its next tokens. Raises Refused when it is over."""
        form = {"grant_type": "refresh_token", "refresh_token": session.refresh_token}
        tokens = await self.neighbour.post("/token", by=None, answer=told.Tokens, form=form)
        try:
            claims = await self.verifier.verify(tokens.access_token)
        except TokenInvalid:
            raise Unreachable(self.neighbour.service.value) from None
        return replace(
            session,
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token,
            expires_at=int(time.time()) + tokens.expires_in,
            role=claims.access_role,
            worker_id=claims.worker_id,
        )

    async def sign_out(self, session: Session) -> None:
        """End this one session at identity."""
        await self.neighbour.tell("/sign-out", {"refresh_token": session.refresh_token}, by=session)
