"""Migrations and tables tell the same story, and a database can be made from nothing by either."""

from importlib import import_module

import pytest

from shared.contracts.codes import Service
from shared.migrations import differences
from tests.architecture.composition import SERVICES
from tests.fixtures.databases import Clone, run_apart


@pytest.mark.parametrize("service", SERVICES)
def test_migrations_make_exactly_the_tables_in_code(service: Service, cloned_database: Clone) -> None:
    database = cloned_database(service.value)
    tables = import_module(f"services.{service.value}.adapters.tables")
    metadata = tables.metadata
    if service is Service.REFERRALS:
        import_module("services.referrals.adapters.schema")
    assert len(metadata.tables) > 2
    found = run_apart(lambda: differences(metadata, url=database.owner_url))
    assert found == []


@pytest.mark.parametrize("service", SERVICES)
def test_every_table_belongs_to_a_tenant(service: Service, cloned_database: Clone) -> None:
    """`tenant_id` stands on every row; the few tables above tenants name why."""
    above_tenants = {
        "signing_keys": "keys sign for every tenant",
        "system_clients": "services serve every tenant",
        "spent_assertions": "assertions are of services",
        "sign_in_attempts": "counted before anybody is known",
        "tenants": "is the tenant",
        "provider_gates": "a provider limits and fails for all tenants at once",
    }
    tables = import_module(f"services.{service.value}.adapters.tables").metadata.tables
    for name, table in tables.items():
        if name in above_tenants or name == "tenants":
            continue
        assert "tenant_id" in table.c, f"{service}.{name} has no tenant_id"
        assert not table.c.tenant_id.nullable, f"{service}.{name}"
        keys = [table.primary_key, *(constraint for constraint in table.constraints if _is_unique(constraint))]
        for key in keys:
            assert "tenant_id" in {column.name for column in key.columns}, f"{service}.{name}: {key.name}"  # type: ignore[attr-defined]


def _is_unique(constraint: object) -> bool:
    return type(constraint).__name__ == "UniqueConstraint"
