"""What other services tell us is stored first and answered then: `POST /internal/events`.

Storing never depends on understanding: an event that nobody can read is kept too, and set aside where a person sees it.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Request
from pydantic_core import PydanticSerializationError, to_json
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.clock import Clock
from shared.contracts.codes import Service
from shared.contracts.events import EventBatch, EventBatchReceipt, EventType
from shared.database import transaction
from shared.inbox import NO_TENANT
from shared.outbox import EVENTS_PATH
from shared.tokens import allow_system

_CATALOGUE = frozenset(kind.value for kind in EventType)

_STORE = """
INSERT INTO event_inbox (tenant_id, event_id, type, payload, state, received_at, available_at, processed_at)
SELECT t, e, y, p, s, :now, :now, CASE s WHEN 'ignored' THEN :now END
FROM unnest(:tenants, :ids, :types, :payloads, :states) AS new (t, e, y, p, s)
ON CONFLICT DO NOTHING
"""


def _store_statement() -> sa.TextClause:
    return sa.text(_STORE).bindparams(
        sa.bindparam("tenants", type_=ARRAY(sa.Uuid)),
        sa.bindparam("ids", type_=ARRAY(sa.Uuid)),
        sa.bindparam("types", type_=ARRAY(sa.Text)),
        sa.bindparam("payloads", type_=ARRAY(sa.Text)),
        sa.bindparam("states", type_=ARRAY(sa.Text)),
        sa.bindparam("now", type_=sa.DateTime(timezone=True)),
    )


_STORE_STATEMENT = _store_statement()


async def store(
    connection: AsyncConnection, batch: EventBatch, *, clock: Clock, needed: Collection[EventType] | None = None
) -> EventBatchReceipt:
    """Keep every event of a batch, readable or not; those known before are left as they are.

    Types of the catalogue that are not `needed` here are kept as `ignored` at once (None: all are needed).
    """
    columns: list[tuple[UUID, UUID, str, str, str]] = []
    for raw in batch.events:
        payload = _as_text(raw)
        tenant_id, kind = _tenant_of(raw), _type_of(raw)
        columns.append((tenant_id, _id_of(raw, payload), kind, payload, _first_state(kind, tenant_id, needed=needed)))
    columns.sort()  # one order for everybody, so that two overlapping batches never wait for each other in a circle
    tenants, ids, types, payloads, states = (list(column) for column in zip(*columns, strict=True))
    stored = await connection.execute(
        _STORE_STATEMENT,
        {
            "tenants": tenants,
            "ids": ids,
            "types": types,
            "payloads": payloads,
            "states": states,
            "now": clock.now(),
        },
    )
    return EventBatchReceipt(stored=stored.rowcount, already_known=len(columns) - stored.rowcount)


def _as_text(raw: Mapping[str, Any]) -> str:
    try:
        return to_json(raw).decode()
    except PydanticSerializationError:
        # Half a surrogate pair. Escaped, no character can keep the rest of the batch from being stored.
        return json.dumps(raw, separators=(",", ":"))


def _first_state(kind: str, tenant_id: UUID, *, needed: Collection[EventType] | None) -> str:
    """Unreadable events wait for the processor, which sets them aside where a person sees them."""
    if needed is None or kind not in _CATALOGUE or tenant_id == NO_TENANT:
        return "pending"
    return "pending" if kind in needed else "ignored"


def _type_of(raw: Mapping[str, Any]) -> str:
    return str(raw.get("type", "")).encode("ascii", "backslashreplace").replace(b"\0", b"").decode()[:64]


def _tenant_of(raw: Mapping[str, Any]) -> UUID:
    data = raw.get("data")
    try:
        return UUID(str(data["tenant_id"])) if isinstance(data, dict) else NO_TENANT
    except (KeyError, ValueError):
        return NO_TENANT


def _id_of(raw: Mapping[str, Any], payload: str) -> UUID:
    """The event's own id; an event without one is named after its content, so that it too is kept once."""
    try:
        return UUID(str(raw["id"]))
    except (KeyError, ValueError):
        return uuid5(NAMESPACE_URL, hashlib.sha256(payload.encode()).hexdigest())


def events_router(
    *,
    producers: tuple[Service, ...],
    ring: Callable[[Request], None],
    needed: Collection[EventType] | None = None,
) -> APIRouter:
    """`POST /internal/events`: store, commit, answer; then ring the bell for the worker (`ring` must never raise).

    `needed` as for `store`. Expects `app.state.engine` and `app.state.clock`.
    """
    router = APIRouter()

    @router.post(EVENTS_PATH, dependencies=[Depends(allow_system(*producers))])
    async def receive_events(batch: EventBatch, request: Request) -> EventBatchReceipt:
        async with transaction(request.app.state.engine, tenant_id=None) as connection:
            receipt = await store(connection, batch, clock=request.app.state.clock, needed=needed)
        ring(request)
        return receipt

    return router
