"""Identity, scope_guard and notifications in memory: what they tell can be set, what they were told can be read."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from services.console.domain import told
from services.console.domain.session import Session
from services.console.domain.told_contact import ContactPoints
from services.console.use_cases.ports import Refused, Unreachable
from shared.contracts.codes import AccessRole
from shared.contracts.paging import Page
from shared.contracts.scope import BoundaryEventView
from shared.identifiers import new_id
from tests.services.console.fakes import PASSWORD, session_of


@dataclass
class FakeIdentity:
    """Knows one password. `refreshed` counts renewals."""

    role: AccessRole = AccessRole.PEER
    refreshed: int = 0
    signed_out: int = 0
    refuses: bool = False
    addresses: list[str | None] = field(default_factory=list)

    async def sign_in(self, email: str, *, password: str, address: str | None) -> Session:
        self.addresses.append(address)
        if password != PASSWORD:
            raise Refused("identity", status=401, code="credentials_wrong", document={})
        return session_of(self.role)

    async def refresh(self, session: Session) -> Session:
        self.refreshed += 1
        if self.refuses:
            raise Refused("identity", status=401, code="refresh_refused", document={})
        return replace(session, expires_at=int(time.time()) + 600, refresh_token=f"refresh-{new_id()}")

    async def sign_out(self, session: Session) -> None:
        self.signed_out += 1


@dataclass
class FakeScopeGuard:
    """Answers what was set."""

    judgement: told.Judgement | None = None
    events: list[BoundaryEventView] = field(default_factory=list)
    logged: dict[UUID, told.Judgement] = field(default_factory=dict)

    async def preview(self, body: Mapping[str, Any], *, by: Session) -> told.Judgement:
        if self.judgement is None:
            raise Unreachable("scope_guard")
        return self.judgement

    async def decision(self, decision_id: UUID, *, by: Session) -> told.Judgement:
        if decision_id in self.logged:
            return self.logged[decision_id]
        raise Refused("scope_guard", status=404, code="not_found", document={})

    async def boundary_events(self, by: Session, *, since: datetime, most: int = 1000) -> list[BoundaryEventView]:
        return self.events


@dataclass
class FakeNotifications:
    """An inbox that can be away."""

    items: list[told.InboxItem] = field(default_factory=list)
    deliveries_made: list[told.Delivery] = field(default_factory=list)
    points: ContactPoints = field(default_factory=ContactPoints)
    version: int = 1
    refuse: Refused | None = None
    away: bool = False
    claimed: list[str] = field(default_factory=list)

    async def contact_points(self, worker_id: UUID, *, by: Session) -> tuple[ContactPoints, int]:
        return self.points, self.version

    async def set_contact_points(self, worker_id: UUID, points: ContactPoints, *, version: int, by: Session) -> None:
        if self.refuse is not None:
            raise self.refuse
        self.points, self.version = points, version + 1

    async def claim(self, token: str, *, by: Session) -> told.InboxItem:
        self.claimed.append(token)
        if self.refuse is not None:
            raise self.refuse
        return self.items[0]

    async def inbox(self, by: Session, **_: Any) -> Page[told.InboxItem]:
        if self.away:
            raise Unreachable("notifications")
        return Page(items=self.items)

    async def seen(self, item_id: UUID, *, by: Session) -> None:
        raise Unreachable("notifications")

    async def deliveries(self, by: Session, **_: Any) -> Page[told.Delivery]:
        return Page(items=self.deliveries_made)
