"""Webhook endpoints on PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.notifications.adapters.letters import new_letter
from services.notifications.adapters.tables import webhook_endpoints as table
from services.notifications.domain.endpoints import Endpoint, EndpointState, PauseCode
from services.notifications.domain.errors import EndpointNotFound
from services.notifications.domain.letters import LetterKind
from services.notifications.use_cases.ports import Recipient
from shared.contracts.events import EventType
from shared.database import transaction


def endpoint_of(row: Any) -> Endpoint:
    """An endpoint from its row."""
    return Endpoint(
        tenant_id=row.tenant_id,
        endpoint_id=row.endpoint_id,
        organization_id=row.organization_id,
        url=row.url,
        event_types=tuple(EventType(name) for name in row.event_types),
        version=row.version,
        state=EndpointState(row.state),
        pause_code=PauseCode(row.pause_code) if row.pause_code else None,
        generation=row.generation,
        former_secret_until=row.former_secret_until,
        failures=row.failures,
        failing_since=row.failing_since,
        busy_until=row.busy_until,
        contact_worker_id=row.contact_worker_id,
        created_at=row.created_at,
        changed_at=row.changed_at,
    )


def _values(endpoint: Endpoint, *, by: str) -> dict[str, object]:
    return {
        "version": endpoint.version,
        "state": endpoint.state.value,
        "pause_code": endpoint.pause_code.value if endpoint.pause_code else None,
        "generation": endpoint.generation,
        "former_secret_until": endpoint.former_secret_until,
        "failures": endpoint.failures,
        "failing_since": endpoint.failing_since,
        "busy_until": endpoint.busy_until,
        "changed_at": endpoint.changed_at,
        "changed_by": by,
        "lease_token": None,
    }


class PostgresChangingEndpoint:
    """The ChangingEndpoint port."""

    def __init__(self, connection: AsyncConnection, *, endpoint: Endpoint) -> None:
        self._connection = connection
        self.endpoint = endpoint

    async def save(self, endpoint: Endpoint, *, by: str, planned_until: datetime | None = None) -> None:
        """Address, owner and event types stay as they were registered."""
        values = _values(endpoint, by=by)
        if planned_until is not None:
            values["planned_until"] = planned_until
        this = (table.c.tenant_id == endpoint.tenant_id, table.c.endpoint_id == endpoint.endpoint_id)
        await self._connection.execute(sa.update(table).where(*this).values(values))

    async def notify(self, *, now: datetime) -> None:
        """In the commit of the pause."""
        endpoint = self.endpoint
        if endpoint.contact_worker_id is not None:
            reader = Recipient(endpoint.tenant_id, endpoint.contact_worker_id)
            occasion = f"{endpoint.endpoint_id}:{endpoint.version}"
            letter = new_letter(reader, kind=LetterKind.ENDPOINT_PAUSED, occasion=occasion, counts={}, now=now)
            await self._connection.execute(letter)


class PostgresEndpoints:
    """The Endpoints port."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def add(self, endpoint: Endpoint, *, by: str) -> bool:
        """Facts from now on; two of the same address at once are kept apart by a lock on tenant and address."""
        identity = {
            "tenant_id": endpoint.tenant_id,
            "endpoint_id": endpoint.endpoint_id,
            "organization_id": endpoint.organization_id,
            "url": endpoint.url,
            "event_types": [one.value for one in endpoint.event_types],
            "contact_worker_id": endpoint.contact_worker_id,
            "planned_until": endpoint.created_at,
            "created_at": endpoint.created_at,
        }
        same = sa.select(table.c.endpoint_id).where(
            table.c.tenant_id == endpoint.tenant_id,
            table.c.url == endpoint.url,
            table.c.state != EndpointState.REMOVED.value,
        )
        lock = sa.select(
            sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"{endpoint.tenant_id}{endpoint.url}", 0))
        )
        async with transaction(self._engine, tenant_id=endpoint.tenant_id) as connection:
            await connection.execute(lock)
            if (await connection.execute(same)).first() is not None:
                return False
            await connection.execute(insert(table).values(identity | _values(endpoint, by=by)))
        return True

    async def listed(self, tenant_id: UUID) -> list[Endpoint]:
        """One statement; a tenant has a handful."""
        query = (
            sa.select(table)
            .where(table.c.tenant_id == tenant_id, table.c.state != EndpointState.REMOVED.value)
            .order_by(table.c.endpoint_id)
        )
        async with transaction(self._engine, tenant_id=tenant_id) as connection:
            return [endpoint_of(row) for row in await connection.execute(query)]

    @asynccontextmanager
    async def changing(
        self, tenant_id: UUID, endpoint_id: UUID, *, lease_token: UUID | None = None
    ) -> AsyncIterator[PostgresChangingEndpoint]:
        """Locked until the commit."""
        query = sa.select(table).where(
            table.c.tenant_id == tenant_id,
            table.c.endpoint_id == endpoint_id,
            table.c.state != EndpointState.REMOVED.value,
        )
        if lease_token is not None:
            query = query.where(table.c.lease_token == lease_token)
        async with transaction(self._engine, tenant_id=tenant_id) as connection:
            row = (await connection.execute(query.with_for_update())).one_or_none()
            if row is None:
                raise EndpointNotFound()
            yield PostgresChangingEndpoint(connection, endpoint=endpoint_of(row))
