"""Everything the question to the scope guard is made of, read in one statement."""

from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.domain.assignment import Parties, Wish
from services.referrals.domain.credential import Credential
from services.referrals.domain.directory import Programme, Worker
from shared.contracts.codes import PracticeRole

# Roles that could take the task instead: the team's, or without a team those of the programme's organisation.
_PARTIES = sa.text(
    """
    WITH place AS (SELECT * FROM programmes WHERE tenant_id = :tenant_id AND id = :programme_id)
    SELECT
      (SELECT to_jsonb(place)::text FROM place) AS programme,
      (SELECT to_jsonb(w)::text FROM workers w WHERE w.tenant_id = :tenant_id AND w.id = :assignee_id) AS assignee,
      (SELECT to_jsonb(w)::text FROM workers w WHERE w.tenant_id = :tenant_id AND w.id = :assigner_id) AS assigner,
      (SELECT coalesce(jsonb_agg(to_jsonb(c)), '[]')::text
         FROM credentials c WHERE c.tenant_id = :tenant_id AND c.worker_id = :assignee_id) AS credentials,
      CASE WHEN :team_id IS NULL THEN
        (SELECT array_agg(DISTINCT w.practice_role) FROM workers w, place
          WHERE w.tenant_id = :tenant_id AND w.organization_id = place.organization_id AND w.active)
      ELSE
        (SELECT array_agg(DISTINCT w.practice_role)
           FROM team_members m JOIN workers w ON w.tenant_id = m.tenant_id AND w.id = m.worker_id
          WHERE m.tenant_id = :tenant_id AND m.team_id = :team_id AND w.active)
      END AS roles,
      EXISTS (SELECT FROM people p WHERE p.tenant_id = :tenant_id AND p.id = :person_id) AS person_known,
      EXISTS (SELECT FROM teams t WHERE t.tenant_id = :tenant_id AND t.id = :team_id) AS team_known
    """
).bindparams(
    *(
        sa.bindparam(name, type_=sa.Uuid)
        for name in ("tenant_id", "programme_id", "assignee_id", "assigner_id", "team_id", "person_id")
    )
)

_PROGRAMME = TypeAdapter(Programme)
_WORKER = TypeAdapter(Worker)
_CREDENTIALS = TypeAdapter(tuple[Credential, ...])


async def read_parties(
    connection: AsyncConnection, wish: Wish, *, tenant_id: UUID, assigner_worker_id: UUID
) -> Parties:
    """What our own tables know of everybody and everything the wish names."""
    found = await connection.execute(
        _PARTIES,
        {
            "tenant_id": tenant_id,
            "programme_id": wish.programme_id,
            "assignee_id": wish.assignee_worker_id,
            "assigner_id": assigner_worker_id,
            "team_id": wish.team_id,
            "person_id": wish.person_id,
        },
    )
    row = found.one()
    return Parties(
        programme=None if row.programme is None else _PROGRAMME.validate_json(row.programme),
        assignee=None if row.assignee is None else _WORKER.validate_json(row.assignee),
        assigner=None if row.assigner is None else _WORKER.validate_json(row.assigner),
        credentials=_CREDENTIALS.validate_json(row.credentials),
        team_roles=tuple(PracticeRole(role) for role in row.roles or ()),
        person_known=row.person_known,
        team_known=row.team_known,
    )
