"""Short ways to store decisions and to count what is in the database."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from services.scope_guard.adapters.repositories import PostgresDecisionLog
from services.scope_guard.domain.decision_log import BoundaryEvent, KeptDecision, boundary_event, enter
from services.scope_guard.use_cases.preview import judged
from shared.clock import SystemClock
from shared.contracts.scope import DecideRequest, Decision
from shared.identifiers import new_id
from tests.services.scope_guard.questions import KEY, WordJudge, question


def entry(request: DecideRequest) -> tuple[KeptDecision, BoundaryEvent | None, Decision]:
    """What `decide` would hand to the log."""
    decision = judged(request, judge=WordJudge(), clock=SystemClock())
    kept = enter(request, decision, key=KEY)
    return kept, boundary_event(kept.row, boundary_event_id=new_id()), decision


async def stored(engine: AsyncEngine, text: str = "listen", **changes: Any) -> KeptDecision:
    """One stored decision."""
    kept, boundary, _ = entry(question(text, **changes))
    assert await PostgresDecisionLog(engine).append(kept, boundary=boundary)
    return kept


async def count(engine: AsyncEngine, table: sa.Table, *, tenant_id: UUID | None = None) -> int:
    """How many rows a table has."""
    asked = sa.select(sa.func.count()).select_from(table)
    if tenant_id is not None:
        asked = asked.where(table.c.tenant_id == tenant_id)
    async with engine.connect() as connection:
        return int((await connection.execute(asked)).scalar_one())
