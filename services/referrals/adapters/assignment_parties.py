"""Everything the question to the scope guard is made of, read in one statement."""

from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.adapters.availability import is_available
from services.referrals.adapters.joined_records import goes_by
from services.referrals.domain.assignment import Parties, Wish
from services.referrals.domain.credential import Credential
from services.referrals.domain.directory import Programme, Worker
from shared.contracts.codes import PracticeRole
from shared.idempotency import RequestKey, StoredResponse, answer_for

# Roles that could take the task instead: the team's, or without a team those of the programme's organisation.
_PARTIES = f"""
WITH
  tenant AS MATERIALIZED (SELECT set_config('handrail.tenant_id', $1::uuid::text, true)),
  place AS (SELECT * FROM programmes WHERE tenant_id = $1 AND id = $2::uuid),
  person AS MATERIALIZED ({goes_by(tenant_id="$1", person_id="$6::uuid")})
SELECT
  (SELECT to_jsonb(place)::text FROM place) AS programme,
  (SELECT to_jsonb(w)::text FROM workers w WHERE w.tenant_id = $1 AND w.id = $3::uuid) AS assignee,
  (SELECT to_jsonb(w)::text FROM workers w WHERE w.tenant_id = $1 AND w.id = $4::uuid) AS assigner,
  (SELECT coalesce(jsonb_agg(to_jsonb(c)), '[]')::text
     FROM credentials c WHERE c.tenant_id = $1 AND c.worker_id = $3) AS credentials,
  CASE WHEN $5::uuid IS NULL THEN
    (SELECT array_agg(DISTINCT w.practice_role) FROM workers w, place
      WHERE w.tenant_id = $1 AND w.organization_id = place.organization_id AND w.active)
  ELSE
    (SELECT array_agg(DISTINCT w.practice_role)
       FROM team_members m JOIN workers w ON w.tenant_id = m.tenant_id AND w.id = m.worker_id
      WHERE m.tenant_id = $1 AND m.team_id = $5 AND w.active)
  END AS roles,
  (SELECT person.id FROM person) AS person_id,
  EXISTS (SELECT FROM people p WHERE p.tenant_id = $1 AND p.id = $6::uuid) AS person_known,
  EXISTS (SELECT FROM teams t WHERE t.tenant_id = $1 AND t.id = $5) AS team_known,
  EXISTS (SELECT FROM people p, workers w, person
    WHERE p.tenant_id = $1 AND p.id IN ($6, person.id) AND w.tenant_id = $1 AND w.id = $4
      AND p.home_organization_id = w.organization_id) AS person_at_home,
  EXISTS (SELECT FROM episodes e, person WHERE e.tenant_id = $1 AND e.person_id = person.id AND e.stands = 'died')
    AS person_died,
  {is_available(tenant_id="$1", worker_id="$3", person_id="$6::uuid")} AS assignee_available,
  k.body_digest, k.status, k.body, k.etag
FROM tenant LEFT JOIN idempotency_keys k
  ON k.tenant_id = $1 AND k.caller = $7::text AND k.route = $8::text AND k.key = $9::text
"""  # noqa: S608 - every part is written here or beside it

_PROGRAMME = TypeAdapter(Programme)
_WORKER = TypeAdapter(Worker)
_CREDENTIALS = TypeAdapter(tuple[Credential, ...])


async def read_parties(
    connection: AsyncConnection,
    wish: Wish,
    *,
    tenant_id: UUID,
    assigner_worker_id: UUID,
    key: RequestKey | None = None,
) -> tuple[Parties, StoredResponse | None]:
    """What our own tables know of everybody and everything the wish names, and the first answer under `key`.

    Raises Problem 422 where the key was used for another body. Nobody is kept from working on the same request at the
    same time: they ask the guard the same question, and only one of them can write the key.
    """
    asked = (
        *(tenant_id, wish.programme_id, wish.assignee_worker_id, assigner_worker_id, wish.team_id, wish.person_id),
        *((None, None, None) if key is None else (key.caller, key.route, key.key)),
    )
    row = (await connection.exec_driver_sql(_PARTIES, asked)).one()
    stored = None
    if key is not None:
        stored = answer_for(
            key, held=True, body_digest=row.body_digest, status=row.status, body=row.body, etag=row.etag
        )
    parties = Parties(
        programme=None if row.programme is None else _PROGRAMME.validate_json(row.programme),
        assignee=None if row.assignee is None else _WORKER.validate_json(row.assignee),
        assigner=None if row.assigner is None else _WORKER.validate_json(row.assigner),
        credentials=_CREDENTIALS.validate_json(row.credentials),
        team_roles=tuple(PracticeRole(role) for role in row.roles or ()),
        person_id=row.person_id,
        person_known=row.person_known,
        person_at_home=row.person_at_home,
        person_died=row.person_died,
        team_known=row.team_known,
        assignee_available=row.assignee_available,
    )
    return parties, stored
