"""Lists of boundary events on real PostgreSQL, held against the fake that the use cases are tested with."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.scope_guard.adapters.queries import PostgresBoundaryEvents
from services.scope_guard.adapters.repositories import PostgresDecisionLog
from services.scope_guard.use_cases.ports import BoundaryFilter, BoundaryPosition
from shared.identifiers import new_id
from tests.services.scope_guard.adapters.logbook import entry
from tests.services.scope_guard.questions import OTHER_TENANT, TENANT, question
from tests.services.scope_guard.use_cases.fakes import MemoryLog

START = datetime(2026, 1, 5, tzinfo=UTC)
TEAMS = (new_id(), new_id())
ASSIGNERS = (new_id(), new_id())

FILTERS = {
    "all": BoundaryFilter(),
    "team": BoundaryFilter(team_id=TEAMS[0]),
    "assigner": BoundaryFilter(assigner_worker_id=ASSIGNERS[1]),
    "rule": BoundaryFilter(rule_id="words.diagnose"),
    "no such rule": BoundaryFilter(rule_id="words.other"),
    "from": BoundaryFilter(since=START + timedelta(days=1)),
    "to": BoundaryFilter(until=START + timedelta(days=1)),
    "everything": BoundaryFilter(
        rule_id="words.diagnose",
        team_id=TEAMS[1],
        assigner_worker_id=ASSIGNERS[0],
        since=START,
        until=START + timedelta(days=2),
    ),
}


@pytest.mark.parametrize("name", FILTERS)
async def test_the_list_is_the_one_that_the_fake_gives(engine: AsyncEngine, name: str) -> None:
    log, fake = PostgresDecisionLog(engine), MemoryLog()
    for number in range(12):
        kept, boundary, _ = entry(
            question(
                "diagnose him",
                tenant_id=OTHER_TENANT if number % 6 == 5 else TENANT,
                team_id=TEAMS[number % 2],
                assigner_worker_id=ASSIGNERS[number // 2 % 2],
                occurred_at=START + timedelta(days=number // 4),
            )
        )
        await log.append(kept, boundary=boundary)
        await fake.append(kept, boundary=boundary)
    real = PostgresBoundaryEvents(engine)
    after: BoundaryPosition | None = None
    while True:
        expected = await fake.page(FILTERS[name], tenant_id=TENANT, after=after, limit=3)
        assert await real.page(FILTERS[name], tenant_id=TENANT, after=after, limit=3) == expected
        if not expected:
            break
        after = BoundaryPosition(expected[-1].occurred_at, expected[-1].boundary_event_id)
