"""What lies with workers who have left, are away, or whose last credential has lapsed: found from the workers' side."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from services.referrals.adapters.good_standing import PEER, in_good_standing, may_be_asked
from services.referrals.adapters.roster import on_duty
from services.referrals.adapters.tables import programmes
from services.referrals.domain.known_elsewhere import HeldKind
from services.referrals.domain.rehoming import Unable
from services.referrals.use_cases.rehome_dropped import Held
from shared.database import transaction

# Few workers are unable at a time, so the search begins with them and reaches what they hold by its indexes.
# A credential counts on the programme's own day.
_UNABLE = """
WITH unable AS (
    SELECT tenant_id, id, 'assignee_left' AS why FROM workers WHERE NOT active
    UNION
    SELECT a.tenant_id, a.worker_id, 'assignee_away' FROM worker_absences a
    WHERE a.starts_at <= now() AND (a.ends_at IS NULL OR a.ends_at > now())
), lapsed AS (
    SELECT DISTINCT c.tenant_id, c.worker_id AS id FROM credentials c
    JOIN workers w ON w.tenant_id = c.tenant_id AND w.id = c.worker_id AND w.active AND w.practice_role = :peer
    WHERE c.suspended_on <= current_date + 1 OR c.expires_on < current_date + 1
)
"""

_NO_OTHER_CREDENTIAL = "NOT " + in_good_standing(
    tenant_id="lapsed.tenant_id", worker_id="lapsed.id", jurisdiction="p.jurisdiction", time_zone="p.time_zone"
)

_PLACE = programmes.alias("place")
_ON_DUTY = (
    sa.select(on_duty(_PLACE))
    .select_from(_PLACE)
    .where(_PLACE.c.tenant_id == sa.literal_column("p.tenant_id"), _PLACE.c.id == sa.literal_column("p.id"))
)
_DUTY = f"({_ON_DUTY.compile(compile_kwargs={'literal_binds': True})})"
"""Whoever is on call for the programme `p`, by the same rule as everywhere."""

_LIVE = "t.status IN ('planned', 'discharged') AND t.loop_closed_at IS NULL"
_ASKED = "h.state IN ('offered', 'accepted', 'introduced', 'contacted')"

_HANDOFFS = sa.text(
    f"""{_UNABLE}
SELECT found.tenant_id, found.id, found.worker_id, min(found.why) AS why FROM (
    SELECT h.tenant_id, h.id, u.id AS worker_id, u.why, {_DUTY} AS duty
    FROM unable u
    JOIN handoffs h ON h.tenant_id = u.tenant_id AND h.worker_id = u.id AND {_ASKED}
    JOIN transitions t ON t.tenant_id = h.tenant_id AND t.id = h.transition_id AND {_LIVE}
    JOIN programmes p ON p.tenant_id = t.tenant_id AND p.id = t.programme_id
    UNION ALL
    SELECT h.tenant_id, h.id, u.id, u.why, {_DUTY}
    FROM unable u
    JOIN transitions t ON t.tenant_id = u.tenant_id AND t.owner_worker_id = u.id AND {_LIVE}
    JOIN handoffs h ON h.tenant_id = t.tenant_id AND h.transition_id = t.id
    JOIN programmes p ON p.tenant_id = t.tenant_id AND p.id = t.programme_id
    UNION ALL
    SELECT h.tenant_id, h.id, lapsed.id, 'credential_lapsed', {_DUTY}
    FROM lapsed
    JOIN handoffs h ON h.tenant_id = lapsed.tenant_id AND h.worker_id = lapsed.id AND {_ASKED}
    JOIN transitions t ON t.tenant_id = h.tenant_id AND t.id = h.transition_id AND {_LIVE}
    JOIN programmes p ON p.tenant_id = t.tenant_id AND p.id = t.programme_id
    WHERE {_NO_OTHER_CREDENTIAL}
) AS found
WHERE found.duty <> found.worker_id
GROUP BY found.tenant_id, found.id, found.worker_id
LIMIT :limit
"""  # noqa: S608 - every part is written above
).bindparams(sa.bindparam("peer", PEER))

_TASKS = sa.text(
    f"""{_UNABLE}
SELECT k.tenant_id, k.id, k.assignee_worker_id AS worker_id, min(u.why) AS why
FROM unable u
JOIN tasks k ON k.tenant_id = u.tenant_id AND k.assignee_worker_id = u.id
     AND k.status IN ('assigned', 'in_progress', 'on_hold')
GROUP BY k.tenant_id, k.id
UNION ALL
SELECT k.tenant_id, k.id, k.assignee_worker_id, 'credential_lapsed'
FROM lapsed
JOIN tasks k ON k.tenant_id = lapsed.tenant_id AND k.assignee_worker_id = lapsed.id
     AND k.status IN ('assigned', 'in_progress', 'on_hold')
JOIN programmes p ON p.tenant_id = k.tenant_id AND p.id = k.programme_id
WHERE {_NO_OTHER_CREDENTIAL}
LIMIT :limit
"""  # noqa: S608 - every part is written above
).bindparams(sa.bindparam("peer", PEER))

# Whoever is away may be back in time to answer: for them an unanswered referral keeps its own clock.
# A peer may take a referral by the same rule by which they keep it, so one who never had a credential is found as well:
# by the few places of a tenant, not by what is open there.
_REFERRALS = sa.text(
    f"""{_UNABLE}, place AS (
    SELECT DISTINCT tenant_id, jurisdiction, time_zone FROM programmes
), unqualified AS (
    SELECT w.tenant_id, w.id, place.jurisdiction, place.time_zone
    FROM workers w JOIN place ON place.tenant_id = w.tenant_id
    WHERE w.active AND NOT {may_be_asked(worker="w", programme="place")}
), theirs AS NOT MATERIALIZED (
    SELECT r.tenant_id, r.id, r.programme_id, r.status, party.worker_id FROM referral_parties party
    JOIN referrals r ON r.tenant_id = party.tenant_id AND r.id = party.referral_id
         AND r.status IN ('requested', 'accepted', 'in_progress', 'on_hold')
    WHERE party.role = 'recipient'
)
SELECT r.tenant_id, r.id, r.worker_id, min(u.why) AS why
FROM unable u
JOIN theirs r ON r.tenant_id = u.tenant_id AND r.worker_id = u.id
     AND (r.status <> 'requested' OR u.why <> 'assignee_away')
GROUP BY r.tenant_id, r.id, r.worker_id
UNION ALL
SELECT r.tenant_id, r.id, r.worker_id, 'credential_lapsed'
FROM unqualified u
JOIN theirs r ON r.tenant_id = u.tenant_id AND r.worker_id = u.id
JOIN programmes p ON p.tenant_id = r.tenant_id AND p.id = r.programme_id
     AND p.jurisdiction = u.jurisdiction AND p.time_zone = u.time_zone
LIMIT :limit
"""  # noqa: S608 - every part is written above
).bindparams(sa.bindparam("peer", PEER))

_QUERIES = {HeldKind.HANDOFF: _HANDOFFS, HeldKind.REFERRAL: _REFERRALS, HeldKind.TASK: _TASKS}


class DroppedWork:
    """Reads them over all tenants."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def find(self, *, limit: int) -> Sequence[Held]:
        """Up to `limit` of each kind."""
        found = []
        async with transaction(self._engine, tenant_id=None) as connection:
            for kind, query in _QUERIES.items():
                for row in await connection.execute(query, {"limit": limit}):
                    found.append(
                        Held(
                            tenant_id=row.tenant_id,
                            kind=kind,
                            id=row.id,
                            worker_id=row.worker_id,
                            why=Unable(row.why),
                        )
                    )
        return found
