"""The migrations make exactly the tables that the code speaks of."""

from services.scope_guard.adapters.tables import metadata
from shared import migrations
from tests.fixtures.databases import ServiceDatabase, run_apart


async def test_migrations_equal_tables(scope_guard_database: ServiceDatabase) -> None:
    assert run_apart(lambda: migrations.differences(metadata, url=scope_guard_database.owner_url)) == []
