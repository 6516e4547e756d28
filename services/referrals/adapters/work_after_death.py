"""What is still open about people who have died: found from the side of the dead, who are few."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from services.referrals.domain.known_elsewhere import HeldKind
from services.referrals.use_cases.end_after_death import LeftOpen
from shared.database import transaction

# An episode names the record that its person goes by; whoever was joined with it is the same person.
_DEAD = """
WITH RECURSIVE dead AS (
    SELECT tenant_id, person_id FROM episodes WHERE stands = 'died'
    UNION
    SELECT a.tenant_id, a.merged_person_id FROM dead d
    JOIN person_aliases a ON a.tenant_id = d.tenant_id AND a.person_id = d.person_id
)
"""

_QUERIES = {
    HeldKind.HANDOFF: sa.text(
        f"""{_DEAD}
SELECT h.tenant_id, h.id FROM dead
JOIN transitions t ON t.tenant_id = dead.tenant_id AND t.person_id = dead.person_id
     AND t.status IN ('planned', 'discharged') AND t.loop_closed_at IS NULL
JOIN handoffs h ON h.tenant_id = t.tenant_id AND h.transition_id = t.id
LIMIT :limit
"""  # noqa: S608 - every part is written above
    ),
    HeldKind.REFERRAL: sa.text(
        f"""{_DEAD}
SELECT r.tenant_id, r.id FROM dead
JOIN referrals r ON r.tenant_id = dead.tenant_id AND r.person_id = dead.person_id
     AND r.status IN ('requested', 'accepted', 'in_progress', 'on_hold')
LIMIT :limit
"""  # noqa: S608 - every part is written above
    ),
    HeldKind.TASK: sa.text(
        f"""{_DEAD}
SELECT k.tenant_id, k.id FROM dead
JOIN tasks k ON k.tenant_id = dead.tenant_id AND k.person_id = dead.person_id
     AND k.status IN ('proposed', 'assigned', 'in_progress', 'on_hold')
LIMIT :limit
"""  # noqa: S608 - every part is written above
    ),
}


class WorkAfterDeath:
    """Reads it over all tenants."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def find(self, *, limit: int) -> Sequence[LeftOpen]:
        """Up to `limit` of each kind."""
        found = []
        async with transaction(self._engine, tenant_id=None) as connection:
            for kind, query in _QUERIES.items():
                for row in await connection.execute(query, {"limit": limit}):
                    found.append(LeftOpen(tenant_id=row.tenant_id, kind=kind, id=row.id))
        return found
