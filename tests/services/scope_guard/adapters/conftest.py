"""An engine on this service's real database, and a second one for concurrent work."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.database import create_engine
from tests.fixtures.databases import ServiceDatabase


@pytest.fixture
async def engine(scope_guard_database: ServiceDatabase) -> AsyncIterator[AsyncEngine]:
    """Connections of the runtime role."""
    made = create_engine(scope_guard_database.runtime_url, pool_size=10)
    yield made
    await made.dispose()
