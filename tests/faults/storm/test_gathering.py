"""What the evidence is read with fits the tables as they are now."""

import asyncpg

from shared.contracts.codes import Service
from tests.faults.storm.gathering import QUERIES
from tests.fixtures.databases import ServiceDatabase


async def _read(database: ServiceDatabase, service: Service) -> int:
    connection = await asyncpg.connect(database.owner_url)
    try:
        queries = QUERIES[service]
        for query in queries:
            await connection.fetch(query)
        return len(queries)
    finally:
        await connection.close()


async def test_every_query_can_be_asked(
    referrals_database: ServiceDatabase,
    scope_guard_database: ServiceDatabase,
    notifications_database: ServiceDatabase,
) -> None:
    asked = [
        await _read(referrals_database, Service.REFERRALS),
        await _read(scope_guard_database, Service.SCOPE_GUARD),
        await _read(notifications_database, Service.NOTIFICATIONS),
    ]
    assert min(asked) >= 3
