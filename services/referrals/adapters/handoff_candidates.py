"""The facts the matcher judges by, read in one statement."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.domain.credential import Credential
from services.referrals.domain.matcher import Candidate, HeldCredential
from shared.contracts.codes import PracticeRole

_CANDIDATES = sa.text("""
SELECT worker.id, worker.languages,
       (SELECT coalesce(jsonb_agg(to_jsonb(c)), '[]')::text FROM credentials c
        WHERE c.tenant_id = worker.tenant_id AND c.worker_id = worker.id
          AND c.jurisdiction = programme.jurisdiction) AS credentials,
       (SELECT count(*) FROM handoffs h
        WHERE h.tenant_id = worker.tenant_id AND h.worker_id = worker.id
          AND h.state IN ('offered', 'accepted', 'introduced', 'contacted'))
       + (SELECT count(*) FROM tasks t
          WHERE t.tenant_id = worker.tenant_id AND t.assignee_worker_id = worker.id
            AND t.status IN ('assigned', 'in_progress', 'on_hold')) AS open_load,
       (SELECT max(o.offered_at) FROM handoff_offers o
        WHERE o.tenant_id = worker.tenant_id AND o.worker_id = worker.id) AS last_offered_at,
       EXISTS (SELECT FROM on_call_shifts s
               WHERE s.tenant_id = worker.tenant_id AND s.programme_id = programme.id AND s.worker_id = worker.id
                 AND s.duty = 'peer' AND s.starts_at <= :on AND s.ends_at > :on) AS on_shift,
       programme.time_zone
FROM programmes programme
JOIN workers worker ON worker.tenant_id = programme.tenant_id AND worker.active
     AND worker.practice_role = :practice_role
WHERE programme.tenant_id = :tenant_id AND programme.id = :programme_id
  AND NOT EXISTS (SELECT FROM worker_absences a
                  WHERE a.tenant_id = worker.tenant_id AND a.worker_id = worker.id
                    AND a.starts_at <= :on AND (a.ends_at IS NULL OR a.ends_at > :on))
  AND EXISTS (SELECT 1 FROM team_members member
              JOIN teams team ON team.tenant_id = member.tenant_id AND team.id = member.team_id
              WHERE member.tenant_id = worker.tenant_id AND member.worker_id = worker.id
                AND team.organization_id = programme.organization_id)
""").bindparams(
    sa.bindparam("tenant_id", type_=sa.Uuid),
    sa.bindparam("programme_id", type_=sa.Uuid),
    sa.bindparam("on", type_=sa.DateTime(timezone=True)),
    sa.bindparam("practice_role", PracticeRole.PEER_SUPPORT_SPECIALIST.value),
)

_CREDENTIALS = TypeAdapter(tuple[Credential, ...])


async def read_candidates(
    connection: AsyncConnection, *, tenant_id: UUID, programme_id: UUID, on: datetime
) -> Sequence[Candidate]:
    """Peers on a team of the programme's organisation who have not left and are not away; credentials as of the programme's calendar day."""
    asked = {"tenant_id": tenant_id, "programme_id": programme_id, "on": on}
    found = await connection.execute(_CANDIDATES, asked)
    return [
        Candidate(
            worker_id=row.id,
            active=True,
            on_team=True,
            credentials=_standing(row.credentials, on=on, time_zone=row.time_zone),
            languages=frozenset(row.languages),
            open_load=row.open_load,
            last_offered_at=row.last_offered_at,
            on_shift=row.on_shift,
        )
        for row in found
    ]


def _standing(credentials: str, *, on: datetime, time_zone: str) -> tuple[HeldCredential, ...]:
    day = on.astimezone(ZoneInfo(time_zone)).date()
    return tuple(
        HeldCredential(state=credential.state_on(day), endorsement=credential.endorsement)
        for credential in _CREDENTIALS.validate_json(credentials)
    )
