"""Signing keys, system clients and their spent assertions in PostgreSQL."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.identity.adapters.tables import signing_keys, spent_assertions, system_clients
from services.identity.domain.keyring import Keyring, SigningKey
from services.identity.domain.system_clients import SpentAssertion, SystemClient
from shared.contracts.codes import Service

_RING_LOCK = sa.text("SELECT pg_advisory_xact_lock(hashtextextended('handrail.identity.keyring', 0))")


class KeyRepository:
    """See use_cases.ports.SigningKeys."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def ring(self) -> Keyring:
        """All keys that are kept, oldest first; there are only ever a few."""
        rows = await self._connection.execute(sa.select(signing_keys).order_by(signing_keys.c.signs_from))
        return Keyring([SigningKey(**row._mapping) for row in rows])

    async def locked_ring(self) -> Keyring:
        """The same under an advisory lock, since the ring may still be empty and have no row to lock."""
        await self._connection.execute(_RING_LOCK)
        return await self.ring()

    async def save(self, ring: Keyring) -> None:
        """Keep every key of a changed ring; only the end of signing ever changes on a known key."""
        for key in ring.keys:
            statement = insert(signing_keys).values(
                key_id=key.key_id,
                public_jwk=key.public_jwk,
                sealed_private_key=key.sealed_private_key,
                published_at=key.published_at,
                signs_from=key.signs_from,
                signs_until=key.signs_until,
            )
            await self._connection.execute(
                statement.on_conflict_do_update(
                    index_elements=[signing_keys.c.key_id], set_={"signs_until": statement.excluded.signs_until}
                )
            )


class ClientRepository:
    """See use_cases.ports.SystemClients."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def read(self, service: Service) -> SystemClient | None:
        """The registered client."""
        found = await self._connection.execute(
            sa.select(system_clients).where(system_clients.c.service == service.value)
        )
        row = found.first()
        if row is None:
            return None
        return SystemClient(
            service=Service(row.service),
            public_key=row.public_key,
            registered_at=row.registered_at,
            version=row.version,
        )

    async def save(self, client: SystemClient) -> None:
        """Register a client, or give it another key."""
        statement = insert(system_clients).values(
            service=client.service.value,
            public_key=client.public_key,
            registered_at=client.registered_at,
            version=client.version,
        )
        changed = {name: statement.excluded[name] for name in ("public_key", "registered_at", "version")}
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=[system_clients.c.service], set_=changed)
        )

    async def spend(self, assertion: SpentAssertion) -> bool:
        """Remember an assertion; False when it was spent before. The primary key decides, also between processes."""
        statement = (
            insert(spent_assertions)
            .values(service=assertion.service.value, digest=assertion.digest, expires_at=assertion.expires_at)
            .on_conflict_do_nothing()
            .returning(spent_assertions.c.service)
        )
        return (await self._connection.execute(statement)).first() is not None
