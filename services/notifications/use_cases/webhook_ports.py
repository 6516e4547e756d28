"""What telling other systems by webhook needs from the world."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from services.notifications.domain.codes import DeliveryState
from services.notifications.domain.endpoints import Endpoint
from services.notifications.domain.outcomes import Settled
from services.notifications.use_cases.ports import SendingChannel


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """That an endpoint should hear of one fact. `event_id` names it for ever: every try and every replay has the same id."""

    call_id: UUID
    event_id: UUID
    event_type: str
    subject_id: UUID
    told_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallView(Call):
    """A call as administrators see it."""

    state: DeliveryState
    code: str | None
    next_at: datetime | None
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Visit:
    """An endpoint leased to this worker, and the calls to make there now."""

    endpoint: Endpoint
    calls: tuple[Call, ...]
    lease_token: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookMessage:
    """One request as it will leave: `headers` are the standard's, signed over exactly this body."""

    url: str
    body: bytes
    headers: dict[str, str]


WebhookChannel = SendingChannel[WebhookMessage]


class ChangingEndpoint(Protocol):
    """One endpoint, locked, in the transaction of its change."""

    endpoint: Endpoint

    async def save(self, endpoint: Endpoint, *, by: str, planned_until: datetime | None = None) -> None:
        """Write it with the next version; from `planned_until` on, facts are planned for it."""
        ...

    async def notify(self, *, now: datetime) -> None:
        """A letter to its contact, if it has one, that it was paused."""
        ...


class Endpoints(Protocol):
    """The endpoints of all tenants."""

    async def add(self, endpoint: Endpoint, *, by: str) -> bool:
        """False where the tenant has one at this address already."""
        ...

    async def listed(self, tenant_id: UUID) -> list[Endpoint]:
        """All but removed ones, oldest first."""
        ...

    def changing(
        self, tenant_id: UUID, endpoint_id: UUID, *, lease_token: UUID | None = None
    ) -> AbstractAsyncContextManager[ChangingEndpoint]:
        """Raises EndpointNotFound; also where `lease_token` is given and no longer the endpoint's."""
        ...


class Calls(Protocol):
    """Calls planned, made and made again."""

    async def plan(self, *, now: datetime, limit: int) -> int:
        """Plan a call for each fact that an active endpoint asked for and has no call of; how many."""
        ...

    async def visits(self, *, now: datetime, lease: timedelta, endpoints: int, calls: int) -> list[Visit]:
        """Lease endpoints that have something due and are not busy; one call only where the last ones failed."""
        ...

    async def settle(self, visit: Visit, *, outcomes: Sequence[tuple[Call, Settled]], now: datetime) -> None:
        """Write what became of calls."""
        ...

    async def page(self, tenant_id: UUID, endpoint_id: UUID, *, after: UUID | None, limit: int) -> list[CallView]:
        """Newest first, those that come after the one named."""
        ...

    async def replay_one(self, tenant_id: UUID, endpoint_id: UUID, *, call_id: UUID, now: datetime) -> bool:
        """Have a call made again, whatever became of it; False where there is none."""
        ...

    async def replay_between(
        self, endpoint: Endpoint, *, since: datetime, until: datetime, now: datetime, limit: int
    ) -> int:
        """The same for every fact that reached us in this time and that the endpoint asks for; how many."""
        ...
