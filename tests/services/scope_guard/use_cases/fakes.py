"""The ports in memory. tests/services/scope_guard/adapters holds the real ones to the same behaviour."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from services.scope_guard.domain.decision_log import BoundaryEvent, KeptDecision, LoggedDecision
from services.scope_guard.domain.hash_chain import ChainHead, SealedDecision, empty_chain
from services.scope_guard.use_cases.ports import BoundaryFilter, BoundaryPosition


@dataclass
class MemoryLog:
    """`DecisionLog` and `BoundaryEvents`."""

    kept: dict[tuple[UUID, UUID], KeptDecision] = field(default_factory=dict)
    events: list[BoundaryEvent] = field(default_factory=list)

    async def append(self, kept: KeptDecision, *, boundary: BoundaryEvent | None) -> bool:
        """Store, unless the request id is known."""
        key = (kept.row.tenant_id, kept.row.request_id)
        if key in self.kept:
            return False
        self.kept[key] = kept
        if boundary is not None:
            self.events.append(boundary)
        return True

    async def by_request(self, request_id: UUID, *, tenant_id: UUID) -> KeptDecision | None:
        """The decision that a request id got."""
        return self.kept.get((tenant_id, request_id))

    async def by_id(self, decision_id: UUID, *, tenant_id: UUID) -> KeptDecision | None:
        """One decision."""
        found = [kept for kept in self.kept.values() if kept.row.decision_id == decision_id]
        return next((kept for kept in found if kept.row.tenant_id == tenant_id), None)

    async def page(
        self, chosen: BoundaryFilter, *, tenant_id: UUID, after: BoundaryPosition | None, limit: int
    ) -> list[BoundaryEvent]:
        """Up to `limit` events after a position."""

        def place(event: BoundaryEvent) -> tuple[object, ...]:
            return event.occurred_at, event.boundary_event_id

        def wanted(event: BoundaryEvent) -> bool:
            return (
                event.tenant_id == tenant_id
                and (chosen.rule_id is None or chosen.rule_id in event.rule_ids)
                and (chosen.team_id is None or chosen.team_id == event.team_id)
                and (chosen.assigner_worker_id is None or chosen.assigner_worker_id == event.assigner_worker_id)
                and (chosen.since is None or event.occurred_at >= chosen.since)
                and (chosen.until is None or event.occurred_at < chosen.until)
                and (after is None or place(event) < (after.occurred_at, after.boundary_event_id))
            )

        return sorted(filter(wanted, self.events), key=place, reverse=True)[:limit]  # type: ignore[arg-type]


@dataclass
class CountingBell:
    """`Doorbell`."""

    rings: int = 0

    def ring(self) -> None:
        """Count."""
        self.rings += 1


@dataclass
class MemoryChain:
    """`DecisionChain`; `held` names tenants whose head another sealer holds."""

    waiting: dict[UUID, list[LoggedDecision]] = field(default_factory=dict)
    sealed: dict[UUID, list[SealedDecision]] = field(default_factory=dict)
    heads: dict[UUID, ChainHead] = field(default_factory=dict)
    held: set[UUID] = field(default_factory=set)

    async def tenants_with_unsealed(self) -> list[UUID]:
        """Tenants that have rows to seal."""
        return [tenant_id for tenant_id, rows in self.waiting.items() if rows]

    @asynccontextmanager
    async def claim(self, tenant_id: UUID) -> AsyncIterator["MemoryClaim | None"]:
        """A claim, unless the tenant is held."""
        yield None if tenant_id in self.held else MemoryClaim(self, tenant_id)

    async def head(self, *, tenant_id: UUID) -> ChainHead:
        """The kept head."""
        return self.heads.get(tenant_id, empty_chain(tenant_id))

    async def sealed_after(self, position: int, *, tenant_id: UUID, limit: int) -> list[SealedDecision]:
        """Sealed rows after a position."""
        return [entry for entry in self.sealed.get(tenant_id, []) if entry.position > position][:limit]


class MemoryClaim:
    """`ChainClaim`."""

    def __init__(self, chain: MemoryChain, tenant_id: UUID) -> None:
        self._chain = chain
        self._tenant_id = tenant_id
        self.head = chain.heads.get(tenant_id, empty_chain(tenant_id))

    async def unsealed(self, *, limit: int) -> list[LoggedDecision]:
        """Rows without a place."""
        return self._chain.waiting[self._tenant_id][:limit]

    async def extend(self, sealed: Sequence[SealedDecision]) -> None:
        """Give them their places."""
        del self._chain.waiting[self._tenant_id][: len(sealed)]
        self._chain.sealed.setdefault(self._tenant_id, []).extend(sealed)
        self._chain.heads[self._tenant_id] = sealed[-1].head
