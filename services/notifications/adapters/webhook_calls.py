"""Calls to other systems on PostgreSQL: planned beside the events' own way, made under the endpoint's lease."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, array, insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.notifications.adapters.endpoints import endpoint_of
from services.notifications.adapters.tables import event_inbox, webhook_calls, webhook_endpoints, workers
from services.notifications.domain.codes import DeliveryState
from services.notifications.domain.endpoints import RESTS_AFTER, Endpoint
from services.notifications.domain.outcomes import Settled
from services.notifications.use_cases.webhook_ports import Call, CallView, Visit
from shared.contracts.entitlements import EntitlementReason
from shared.database import transaction
from shared.identifiers import new_id

OVERLAP = timedelta(seconds=60)
"""How long after its own time a transaction may commit, at most: facts of this last while are looked at again."""

_DEALT_WITH = event_inbox.c.state.in_(("processed", "ignored"))
_ACTIVE = webhook_endpoints.c.state == "active"


class PostgresCalls:
    """The Calls port."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def plan(self, *, now: datetime, limit: int) -> int:
        """Endpoints that another beat plans for at this moment are left to it; with none at all this is one short query."""
        own = webhook_endpoints.c
        async with transaction(self._engine, tenant_id=None) as connection:
            locked = sa.select(own.tenant_id, own.endpoint_id).where(_ACTIVE).order_by(own.tenant_id, own.endpoint_id)
            rows = await connection.execute(locked.with_for_update(skip_locked=True))
            keys = [(row.tenant_id, row.endpoint_id) for row in rows]
            if not keys:
                return 0
            these = sa.tuple_(own.tenant_id, own.endpoint_id).in_(keys)
            new = _unplanned().where(these, event_inbox.c.processed_at > own.planned_until - OVERLAP).limit(limit)
            facts = (await connection.execute(new)).all()
            planned = await _insert(connection, facts, now=now)
            if len(facts) < limit:
                await connection.execute(sa.update(webhook_endpoints).where(these).values(planned_until=now))
        return planned

    async def visits(self, *, now: datetime, lease: timedelta, endpoints: int, calls: int) -> list[Visit]:
        """The lease is the endpoint's: nobody else calls there while it lasts."""
        own, token = webhook_endpoints.c, new_id()
        due = sa.and_(
            webhook_calls.c.tenant_id == own.tenant_id,
            webhook_calls.c.endpoint_id == own.endpoint_id,
            webhook_calls.c.next_at <= now,
        )
        free = (
            sa.select(own.tenant_id, own.endpoint_id)
            .where(_ACTIVE, sa.or_(own.busy_until.is_(None), own.busy_until <= now), sa.exists().where(due))
            .order_by(sa.func.random())  # so that none with much to hear keeps the others waiting
            .limit(endpoints)
            .with_for_update(skip_locked=True)
            .cte("free")
        )
        take = (
            sa.update(webhook_endpoints)
            .where(own.tenant_id == free.c.tenant_id, own.endpoint_id == free.c.endpoint_id)
            .values(busy_until=now + lease, lease_token=token)
            .returning(webhook_endpoints)
        )
        async with transaction(self._engine, tenant_id=None) as connection:
            taken = [endpoint_of(row) for row in await connection.execute(take)]
            return [
                Visit(endpoint, await _due_calls(connection, endpoint, now=now, limit=calls), token)
                for endpoint in taken
            ]

    async def settle(self, visit: Visit, *, outcomes: Sequence[tuple[Call, Settled]], now: datetime) -> None:
        """A handful of statements in one commit."""
        own, tenant_id = webhook_calls.c, visit.endpoint.tenant_id
        async with transaction(self._engine, tenant_id=tenant_id) as connection:
            for call, outcome in outcomes:
                done = {
                    "state": outcome.state.value,
                    "code": str(outcome.code) if outcome.code is not None else None,
                    "attempts": own.attempts + 1,
                    "next_at": outcome.next_at,
                    "changed_at": now,
                }
                this = (own.tenant_id == tenant_id, own.call_id == call.call_id)
                await connection.execute(sa.update(webhook_calls).where(*this).values(done))

    async def page(self, tenant_id: UUID, endpoint_id: UUID, *, after: UUID | None, limit: int) -> list[CallView]:
        """One statement on `ix_webhook_calls_endpoint`."""
        own = webhook_calls.c
        query = (
            sa.select(webhook_calls)
            .where(own.tenant_id == tenant_id, own.endpoint_id == endpoint_id)
            .order_by(own.call_id.desc())
            .limit(limit)
        )
        if after is not None:
            query = query.where(own.call_id < after)
        async with transaction(self._engine, tenant_id=tenant_id) as connection:
            return [_view(row) for row in await connection.execute(query)]

    async def replay_one(self, tenant_id: UUID, endpoint_id: UUID, *, call_id: UUID, now: datetime) -> bool:
        """As new; its id towards the other side stays."""
        own = webhook_calls.c
        again = (
            sa.update(webhook_calls)
            .where(
                own.tenant_id == tenant_id, own.endpoint_id == endpoint_id, own.call_id == call_id, _still_concerns()
            )
            .values(_as_new(now))
        )
        async with transaction(self._engine, tenant_id=tenant_id) as connection:
            return (await connection.execute(again)).rowcount == 1

    async def replay_between(
        self, endpoint: Endpoint, *, since: datetime, until: datetime, now: datetime, limit: int
    ) -> int:
        """Calls that there are, and facts that were never planned (while the endpoint was paused), up to `limit` of each."""
        own, tenant_id, endpoint_id = webhook_calls.c, endpoint.tenant_id, endpoint.endpoint_id
        mine = (own.tenant_id == tenant_id, own.endpoint_id == endpoint_id)
        told = sa.and_(own.told_at >= since, own.told_at < until)
        within = sa.select(own.call_id).where(*mine, told, _still_concerns()).limit(limit)
        again = sa.update(webhook_calls).where(*mine, own.call_id.in_(within)).values(_as_new(now))
        missed = _unplanned().where(
            webhook_endpoints.c.tenant_id == tenant_id,
            webhook_endpoints.c.endpoint_id == endpoint_id,
            event_inbox.c.received_at >= since,
            event_inbox.c.received_at < until,
        )
        async with transaction(self._engine, tenant_id=tenant_id) as connection:
            count = (await connection.execute(again)).rowcount
            facts = (await connection.execute(missed.limit(limit - min(count, limit)))).all()
            return count + await _insert(connection, facts, now=now)


_WORKERS_NAMED = (
    "worker_id",
    "sender_worker_id",
    "owner_worker_id",
    "requester_worker_id",
    "by_worker_id",
    "assignee_worker_id",
    "assigner_worker_id",
    "from_worker_id",
    "to_worker_id",
)
"""Every member of a fact's data that says who took part."""


def _concerns(organization_id: sa.ColumnElement[UUID]) -> sa.ColumnElement[bool]:
    """Whether somebody of this organisation takes part in the fact: it carries no organisation, and its workers have one."""
    data = sa.cast(event_inbox.c.payload, JSONB)["data"]
    named = array([data[name].astext for name in _WORKERS_NAMED])
    return sa.exists().where(
        workers.c.tenant_id == event_inbox.c.tenant_id,
        workers.c.organization_id == organization_id,
        sa.cast(workers.c.worker_id, sa.Text) == sa.any_(named),
    )


def _still_concerns() -> sa.ColumnElement[bool]:
    """Whether the fact of a call concerns the organisation that its endpoint has now; never, where the fact is forgotten."""
    return (
        sa.exists()
        .where(
            event_inbox.c.event_id == webhook_calls.c.event_id,
            event_inbox.c.tenant_id == webhook_calls.c.tenant_id,
            webhook_endpoints.c.tenant_id == webhook_calls.c.tenant_id,
            webhook_endpoints.c.endpoint_id == webhook_calls.c.endpoint_id,
            _concerns(webhook_endpoints.c.organization_id),
        )
        .correlate(webhook_calls)
    )


def _unplanned() -> sa.Select[Any]:
    """Facts that an endpoint asks for, that concern its organisation, and that it has no call of."""
    own = webhook_endpoints.c
    asked = sa.and_(event_inbox.c.tenant_id == own.tenant_id, event_inbox.c.type == sa.any_(own.event_types))
    planned = sa.exists().where(
        webhook_calls.c.tenant_id == own.tenant_id,
        webhook_calls.c.endpoint_id == own.endpoint_id,
        webhook_calls.c.event_id == event_inbox.c.event_id,
    )
    columns = (own.tenant_id, own.endpoint_id, event_inbox.c.event_id, event_inbox.c.type)
    return (
        sa.select(*columns, event_inbox.c.payload, event_inbox.c.received_at)
        .select_from(webhook_endpoints.join(event_inbox, asked))
        .where(_DEALT_WITH, ~planned, _concerns(own.organization_id))
        .order_by(event_inbox.c.processed_at, event_inbox.c.event_id)
    )


async def _insert(connection: AsyncConnection, facts: Sequence[Any], *, now: datetime) -> int:
    rows = [
        {
            "tenant_id": fact.tenant_id,
            "call_id": new_id(),
            "endpoint_id": fact.endpoint_id,
            "event_id": fact.event_id,
            "event_type": fact.type,
            "subject_id": subject_id,
            "told_at": fact.received_at,
            "state": DeliveryState.PLANNED.value,
            "next_at": now,
            "created_at": now,
            "changed_at": now,
        }
        for fact in facts
        if (subject_id := _subject_of(fact.payload)) is not None
    ]
    if not rows:
        return 0
    count = 0
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        batch = insert(webhook_calls).values(rows[start : start + _ROWS_AT_ONCE]).on_conflict_do_nothing()
        count += (await connection.execute(batch)).rowcount
    return count


_ROWS_AT_ONCE = 1000
"""PostgreSQL takes 65,535 parameters in one statement."""


def _subject_of(payload: str) -> UUID | None:
    # What is told leaves the house, so nothing but an id is let through.
    try:
        return UUID(str(json.loads(payload)["subject"]))
    except (KeyError, ValueError):
        return None


async def _due_calls(connection: AsyncConnection, endpoint: Endpoint, *, now: datetime, limit: int) -> tuple[Call, ...]:
    """Asked again who is told: calls may wait since before their endpoint had an organisation, or somebody in it."""
    own = webhook_calls.c
    query = (
        sa.select(webhook_calls, _still_concerns().label("concerns_it"))
        .where(own.tenant_id == endpoint.tenant_id, own.endpoint_id == endpoint.endpoint_id, own.next_at <= now)
        .order_by(own.next_at)
        .limit(1 if endpoint.failures >= RESTS_AFTER else limit)
    )
    rows = (await connection.execute(query)).all()
    others = [row.call_id for row in rows if not row.concerns_it]
    if others:
        never = {"state": DeliveryState.CANCELLED.value, "code": EntitlementReason.NOT_A_PARTY.value, "next_at": None}
        these = (own.tenant_id == endpoint.tenant_id, own.call_id.in_(others))
        await connection.execute(sa.update(webhook_calls).where(*these).values(never | {"changed_at": now}))
    return tuple(Call(**_named(row)) for row in rows if row.concerns_it)


def _named(row: Any) -> dict[str, Any]:
    return {
        "call_id": row.call_id,
        "event_id": row.event_id,
        "event_type": row.event_type,
        "subject_id": row.subject_id,
        "told_at": row.told_at,
        "attempts": row.attempts,
    }


def _view(row: Any) -> CallView:
    return CallView(
        **_named(row), state=DeliveryState(row.state), code=row.code, next_at=row.next_at, changed_at=row.changed_at
    )


def _as_new(now: datetime) -> dict[str, object]:
    return {"state": DeliveryState.PLANNED.value, "code": None, "attempts": 0, "next_at": now, "changed_at": now}
