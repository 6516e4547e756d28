from services.identity.adapters.tables import metadata
from shared.migrations import differences
from tests.fixtures.databases import ServiceDatabase, run_apart


async def test_migrations_and_tables_agree(identity_database: ServiceDatabase) -> None:
    assert run_apart(lambda: differences(metadata, url=identity_database.owner_url)) == []


def test_a_table_without_tenant_says_why() -> None:
    for table in metadata.tables.values():
        keys = [table.primary_key, *(one for one in table.constraints if type(one).__name__ == "UniqueConstraint")]
        in_every_key = all("tenant_id" in {column.name for column in key.columns} for key in keys)  # type: ignore[attr-defined]
        assert in_every_key != ("spans_tenants" in table.info), table.name
