"""The transaction in which a sealer extends one tenant's chain."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.scope_guard.adapters.decision_rows import LOGGED_COLUMNS, logged_decision
from services.scope_guard.adapters.tables import chain_heads, decisions
from services.scope_guard.domain.decision_log import LoggedDecision
from services.scope_guard.domain.hash_chain import ChainHead, SealedDecision, empty_chain
from shared.clock import Clock
from shared.database import transaction


class PostgresChainClaim:
    """`ChainClaim` inside a transaction that holds the lock on the tenant's head."""

    def __init__(self, connection: AsyncConnection, *, tenant_id: UUID, head: ChainHead, clock: Clock) -> None:
        self.head = head
        self._connection = connection
        self._tenant_id = tenant_id
        self._clock = clock

    async def unsealed(self, *, limit: int) -> list[LoggedDecision]:
        """Rows that have no place in the chain yet, oldest first."""
        question = (
            sa.select(*LOGGED_COLUMNS)
            .where(decisions.c.tenant_id == self._tenant_id, decisions.c.chain_position.is_(None))
            .order_by(decisions.c.recorded_at, decisions.c.decision_id)
            .limit(limit)
        )
        rows = (await self._connection.execute(question)).mappings().all()
        return [logged_decision(row) for row in rows]  # type: ignore[arg-type]

    async def extend(self, sealed: Sequence[SealedDecision]) -> None:
        """Store the places of these rows and the new head."""
        await self._connection.execute(
            _PLACE,
            {
                "tenant": self._tenant_id,
                "decision_ids": [entry.row.decision_id for entry in sealed],
                "positions": [entry.position for entry in sealed],
                "links": [entry.link for entry in sealed],
            },
        )
        self.head = sealed[-1].head
        await self._connection.execute(
            sa.update(chain_heads)
            .where(chain_heads.c.tenant_id == self._tenant_id)
            .values(position=self.head.position, link=self.head.link, sealed_at=self._clock.now())
        )


class PostgresDecisionChain:
    """`DecisionChain` on this service's own database."""

    def __init__(self, engine: AsyncEngine, *, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    async def tenants_with_unsealed(self) -> list[UUID]:
        """Tenants that have rows to seal."""
        question = sa.select(decisions.c.tenant_id).where(decisions.c.chain_position.is_(None)).distinct()
        async with transaction(self._engine, tenant_id=None) as connection:
            return list((await connection.execute(question)).scalars())

    @asynccontextmanager
    async def claim(self, tenant_id: UUID) -> AsyncIterator[PostgresChainClaim | None]:
        """Hold the tenant's head for the length of a transaction; None while another sealer holds it."""
        start = empty_chain(tenant_id)
        begin = insert(chain_heads).values(
            tenant_id=tenant_id, position=start.position, link=start.link, sealed_at=self._clock.now()
        )
        async with transaction(self._engine, tenant_id=tenant_id) as connection:
            await connection.execute(begin.on_conflict_do_nothing())
            question = sa.select(chain_heads).where(chain_heads.c.tenant_id == tenant_id)
            row = (await connection.execute(question.with_for_update(skip_locked=True))).one_or_none()
            if row is None:
                yield None
                return
            head = ChainHead(position=row.position, link=row.link)
            yield PostgresChainClaim(connection, tenant_id=tenant_id, head=head, clock=self._clock)

    async def head(self, *, tenant_id: UUID) -> ChainHead:
        """The head that is kept apart from the rows."""
        question = sa.select(chain_heads).where(chain_heads.c.tenant_id == tenant_id)
        async with transaction(self._engine, tenant_id=tenant_id) as connection:
            row = (await connection.execute(question)).one_or_none()
        return ChainHead(position=row.position, link=row.link) if row is not None else empty_chain(tenant_id)

    async def sealed_after(self, position: int, *, tenant_id: UUID, limit: int) -> list[SealedDecision]:
        """Sealed rows after a position, in order of position."""
        question = (
            sa.select(*LOGGED_COLUMNS, decisions.c.chain_position, decisions.c.chain_link)
            .where(decisions.c.tenant_id == tenant_id, decisions.c.chain_position > position)
            .order_by(decisions.c.chain_position)
            .limit(limit)
        )
        async with transaction(self._engine, tenant_id=tenant_id) as connection:
            rows = (await connection.execute(question)).mappings().all()
        return [
            SealedDecision(position=row["chain_position"], link=row["chain_link"], row=logged_decision(row))  # type: ignore[arg-type]
            for row in rows
        ]


_PLACES = (
    sa.func.unnest(
        sa.bindparam("decision_ids", type_=ARRAY(sa.Uuid)),
        sa.bindparam("positions", type_=ARRAY(sa.BigInteger)),
        sa.bindparam("links", type_=ARRAY(BYTEA)),
    )
    .table_valued(sa.column("decision_id", sa.Uuid), sa.column("position", sa.BigInteger), sa.column("link", BYTEA))
    .render_derived(name="places")
)
_PLACE = (
    sa.update(decisions)
    .where(
        decisions.c.tenant_id == sa.bindparam("tenant", type_=sa.Uuid),
        decisions.c.decision_id == _PLACES.c.decision_id,
        decisions.c.chain_position.is_(None),
    )
    .values(chain_position=_PLACES.c.position, chain_link=_PLACES.c.link)
)
