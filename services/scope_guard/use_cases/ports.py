"""What the use cases need from the world outside, as Protocols."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.scope_guard.domain.decision_log import BoundaryEvent, KeptDecision, LoggedDecision
from services.scope_guard.domain.hash_chain import ChainHead, SealedDecision
from services.scope_guard.domain.judgement import Judgement
from services.scope_guard.domain.reading import Reading
from shared.contracts.scope import DecideRequest


class TextReader(Protocol):
    """Reads the words of a task. Deterministic, never raises on any text, knows nothing of roles."""

    def read(self, text: str) -> Reading:
        """Which activities the text speaks of, clause by clause, with offsets into `text`."""
        ...


class Judge(Protocol):
    """The loaded policy. Pure: the same question always gets the same judgement."""

    def judge(self, request: DecideRequest) -> Judgement:
        """What the packs and the reading of the text conclude."""
        ...


class DecisionLog(Protocol):
    """The stored decisions of all tenants; every question names its tenant."""

    async def append(self, kept: KeptDecision, *, boundary: BoundaryEvent | None) -> bool:
        """Store row, words, boundary event and its announcement in one commit.

        False, and nothing stored, where the tenant's request id is known already.
        """
        ...

    async def by_request(self, request_id: UUID, *, tenant_id: UUID) -> KeptDecision | None:
        """The decision that a request id got."""
        ...

    async def by_id(self, decision_id: UUID, *, tenant_id: UUID) -> KeptDecision | None:
        """One decision."""
        ...


class Doorbell(Protocol):
    """Tells the worker that an event waits; may be lost, must never wait or raise."""

    def ring(self) -> None:
        """Ring once."""
        ...


@dataclass(frozen=True)
class BoundaryFilter:
    """Which boundary events to list; `since` is inclusive, `until` exclusive, both of `occurred_at`."""

    rule_id: str | None = None
    team_id: UUID | None = None
    assigner_worker_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class BoundaryPosition:
    """The place in the list after which the next page begins."""

    occurred_at: datetime
    boundary_event_id: UUID


class BoundaryEvents(Protocol):
    """The list of boundary events, newest first."""

    async def page(
        self, chosen: BoundaryFilter, *, tenant_id: UUID, after: BoundaryPosition | None, limit: int
    ) -> list[BoundaryEvent]:
        """Up to `limit` events after a position."""
        ...


class ChainClaim(Protocol):
    """One tenant's chain while this sealer alone may extend it."""

    head: ChainHead

    async def unsealed(self, *, limit: int) -> list[LoggedDecision]:
        """Rows that have no place in the chain yet, oldest first."""
        ...

    async def extend(self, sealed: Sequence[SealedDecision]) -> None:
        """Store their places and the new head."""
        ...


class DecisionChain(Protocol):
    """The hash chains of all tenants."""

    async def tenants_with_unsealed(self) -> list[UUID]:
        """Tenants that have rows to seal; system work across tenants."""
        ...

    def claim(self, tenant_id: UUID) -> AbstractAsyncContextManager[ChainClaim | None]:
        """A transaction that holds the tenant's head; None while another sealer holds it."""
        ...

    async def head(self, *, tenant_id: UUID) -> ChainHead:
        """The head that is kept apart from the rows."""
        ...

    async def sealed_after(self, position: int, *, tenant_id: UUID, limit: int) -> list[SealedDecision]:
        """Sealed rows after a position, in order of position."""
        ...
