"""The decision log on PostgreSQL. A decision is written by one statement, which is its own transaction."""

from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import asyncpg, insert
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.sql.compiler import SQLCompiler

from services.scope_guard.adapters.decision_rows import LOGGED_COLUMNS, kept_decision, values_of, write_words
from services.scope_guard.adapters.tables import boundary_events, decision_texts, decisions, outbox
from services.scope_guard.domain.decision_log import BoundaryEvent, KeptDecision
from shared.contracts.codes import Service
from shared.contracts.events import BoundaryRecorded, Event, EventType
from shared.database import transaction
from shared.outbox import new_event, outbox_rows


class PostgresDecisionLog:
    """`DecisionLog` on this service's own database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        # One statement is one transaction: without BEGIN and COMMIT of its own it costs one round trip, not four.
        self._single = engine.execution_options(isolation_level="AUTOCOMMIT")

    async def append(self, kept: KeptDecision, *, boundary: BoundaryEvent | None) -> bool:
        """Store row, words, boundary event and outbox rows together; False where the request id is known."""
        if kept.words is None:
            raise ValueError("a decision is stored with its words")
        announcements = [] if boundary is None else outbox_rows([announcement(boundary)])
        values = _prefixed("decision", values_of(kept.row)) | {"words": write_words(kept.words)}
        if boundary is not None:
            values |= _prefixed("boundary", values_of(boundary))
        for number, row in enumerate(announcements):
            values |= _prefixed(f"outbox_{number}", row)
        statement, names = _compiled(boundary is not None, len(announcements))
        async with self._single.connect() as connection:
            answer = await connection.exec_driver_sql(statement, tuple(values[name] for name in names))
            return bool(answer.scalar_one())

    async def by_request(self, request_id: UUID, *, tenant_id: UUID) -> KeptDecision | None:
        """The decision that a request id got."""
        return await self._one(decisions.c.request_id == request_id, tenant_id=tenant_id)

    async def by_id(self, decision_id: UUID, *, tenant_id: UUID) -> KeptDecision | None:
        """One decision."""
        return await self._one(decisions.c.decision_id == decision_id, tenant_id=tenant_id)

    async def _one(self, which: sa.ColumnElement[bool], *, tenant_id: UUID) -> KeptDecision | None:
        together = decisions.outerjoin(
            decision_texts,
            sa.and_(
                decision_texts.c.tenant_id == decisions.c.tenant_id,
                decision_texts.c.decision_id == decisions.c.decision_id,
            ),
        )
        question = (
            sa.select(*LOGGED_COLUMNS, decision_texts.c.words)
            .select_from(together)
            .where(decisions.c.tenant_id == tenant_id, which)
        )
        async with transaction(self._engine, tenant_id=tenant_id) as connection:
            row = (await connection.execute(question)).mappings().one_or_none()
        return kept_decision(row) if row is not None else None  # type: ignore[arg-type]


def announcement(boundary: BoundaryEvent) -> Event:
    """The fact that others hear of: ids and codes only. A boundary event never changes, so its version is 1."""
    return new_event(
        source=Service.SCOPE_GUARD,
        type=EventType.BOUNDARY_RECORDED,
        subject=boundary.boundary_event_id,
        data=BoundaryRecorded(
            tenant_id=boundary.tenant_id,
            version=1,
            occurred_at=boundary.occurred_at,
            recorded_at=boundary.recorded_at,
            boundary_event_id=boundary.boundary_event_id,
            decision_id=boundary.decision_id,
            practice_role=boundary.practice_role,
            rule_ids=boundary.rule_ids,
            team_id=boundary.team_id,
            programme_id=boundary.programme_id,
            assigner_worker_id=boundary.assigner_worker_id,
        ),
    )


@cache
def _compiled(with_boundary: bool, announcements: int) -> tuple[str, tuple[str, ...]]:
    """The statement's text and the names of its parameters in order.

    Compiled once by hand: finding a statement of this size in SQLAlchemy's own cache costs more than running it.
    """
    compiled = _append_statement(with_boundary, announcements).compile(dialect=asyncpg.dialect())  # type: ignore[no-untyped-call]
    assert isinstance(compiled, SQLCompiler)
    return str(compiled), tuple(compiled.positiontup or ())


def _append_statement(with_boundary: bool, announcements: int) -> sa.Select[bool]:
    """Insert the decision unless its request id is known, and everything else only if the decision was inserted."""
    # The tenant is set by the statement itself, before its first row: what row-level security will look at.
    tenant = sa.select(
        sa.func.set_config(
            sa.literal_column("'handrail.tenant_id'"),
            sa.bindparam("decision_tenant_id", type_=sa.Uuid).cast(sa.Text),
            sa.true(),
        )
    ).cte("tenant")
    decision = (
        insert(decisions)
        .from_select(
            [column.name for column in LOGGED_COLUMNS],
            sa.select(*_values("decision", LOGGED_COLUMNS)).select_from(tenant),
        )
        .on_conflict_do_nothing(index_elements=[decisions.c.tenant_id, decisions.c.request_id])
        .returning(decisions.c.decision_id)
        .cte("decision")
    )
    words = insert(decision_texts).from_select(
        ["tenant_id", "decision_id", "words"],
        sa.select(
            sa.bindparam("decision_tenant_id", type_=sa.Uuid),
            decision.c.decision_id,
            sa.bindparam("words", type_=decision_texts.c.words.type),
        ),
    )
    followers = [words.cte("words")]
    if with_boundary:
        followers.append(_insert_after(decision, boundary_events, prefix="boundary", columns=tuple(boundary_events.c)))
    written = [column for column in outbox.c if column.name in _ANNOUNCED]
    for number in range(announcements):
        followers.append(_insert_after(decision, outbox, prefix=f"outbox_{number}", columns=tuple(written)))
    return sa.select(sa.exists(sa.select(decision.c.decision_id))).add_cte(*followers)


_ANNOUNCED = {"tenant_id", "event_id", "consumer", "type", "subject", "payload", "recorded_at", "available_at"}


def _insert_after(decision: sa.CTE, table: sa.Table, *, prefix: str, columns: tuple[sa.Column[Any], ...]) -> sa.CTE:
    selected = sa.select(*_values(prefix, columns)).select_from(decision)
    return insert(table).from_select([column.name for column in columns], selected).cte(prefix)


def _values(prefix: str, columns: tuple[sa.Column[Any], ...]) -> list[sa.ColumnElement[Any]]:
    return [
        sa.bindparam(f"{prefix}_{column.name}", type_=column.type).label(f"{prefix}_{column.name}")
        for column in columns
    ]


def _prefixed(prefix: str, values: dict[str, Any]) -> dict[str, Any]:
    return {f"{prefix}_{name}": value for name, value in values.items()}
