"""Everything a wish to refer names, read in one statement, with the first answer to the same request beside it."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.adapters.availability import is_available
from services.referrals.adapters.good_standing import may_be_asked
from services.referrals.adapters.joined_records import goes_by
from services.referrals.adapters.referral_tables import referral_parties, referrals
from services.referrals.domain.actor import Actor
from services.referrals.domain.directory import Programme, Worker
from services.referrals.domain.referral_address import Backup, ReferralSurroundings, ReferralWish, TeamFacts
from shared.contracts.codes import PracticeRole
from shared.idempotency import RequestKey, StoredResponse, answer_for

# The duplicate that is pointed to is one that the requester's own organisation is party to: no other is theirs to know.
# One that hides its person is pointed to only for those who made it: to others it would say whom it is about.
_SURROUNDINGS = f"""
WITH
  tenant AS MATERIALIZED (SELECT set_config('handrail.tenant_id', $1::uuid::text, true)),
  asker AS MATERIALIZED (SELECT * FROM workers WHERE tenant_id = $1 AND id = $3::uuid),
  person AS MATERIALIZED ({goes_by(tenant_id="$1", person_id="$6::uuid")})
SELECT
  (SELECT to_jsonb(p)::text FROM programmes p WHERE p.tenant_id = $1 AND p.id = $2::uuid) AS programme,
  (SELECT to_jsonb(asker)::text FROM asker) AS requester,
  (SELECT to_jsonb(w)::text FROM workers w WHERE w.tenant_id = $1 AND w.id = $4::uuid) AS recipient,
  (SELECT t.organization_id FROM teams t WHERE t.tenant_id = $1 AND t.id = $5::uuid) AS team_organization,
  CASE WHEN $5 IS NOT NULL THEN
    (SELECT array_agg(DISTINCT w.practice_role)
       FROM team_members m JOIN workers w ON w.tenant_id = m.tenant_id AND w.id = m.worker_id
      WHERE m.tenant_id = $1 AND m.team_id = $5 AND w.active) END AS team_roles,
  CASE WHEN $5 IS NOT NULL THEN
    EXISTS (SELECT FROM team_members m WHERE m.tenant_id = $1 AND m.team_id = $5 AND m.worker_id = $3)
    AND ($4 IS NULL OR
      EXISTS (SELECT FROM team_members m WHERE m.tenant_id = $1 AND m.team_id = $5 AND m.worker_id = $4))
  ELSE false END AS same_team,
  (SELECT jsonb_build_object('team_id', b.team_id, 'worker_id', b.worker_id, 'organization_id', t.organization_id,
     'worker_role', (SELECT w.practice_role FROM workers w
       WHERE w.tenant_id = b.tenant_id AND w.id = b.worker_id AND w.active),
     'roles', (SELECT array_agg(DISTINCT w.practice_role)
        FROM team_members m JOIN workers w ON w.tenant_id = m.tenant_id AND w.id = m.worker_id
       WHERE m.tenant_id = $1 AND m.team_id = b.team_id AND w.active))
     FROM clinical_backups b JOIN teams t ON t.tenant_id = b.tenant_id AND t.id = b.team_id
    WHERE b.tenant_id = $1 AND b.programme_id = $2)::text AS backup,
  (SELECT person.id FROM person) AS person_id,
  EXISTS (SELECT FROM people p WHERE p.tenant_id = $1 AND p.id = $6::uuid) AS person_known,
  {is_available(tenant_id="$1", worker_id="$4", person_id="$6::uuid")}
    AND NOT EXISTS (SELECT FROM workers w JOIN programmes p ON p.tenant_id = w.tenant_id AND p.id = $2
                     WHERE w.tenant_id = $1 AND w.id = $4 AND NOT {may_be_asked(worker="w", programme="p")})
    AS recipient_available,
  EXISTS (SELECT FROM people p, asker, person
    WHERE p.tenant_id = $1 AND p.id IN ($6, person.id) AND p.home_organization_id = asker.organization_id) AS person_at_home,
  CASE WHEN $7::uuid IS NOT NULL THEN
    (SELECT x.person_id FROM asker, transitions x
       JOIN workers s ON s.tenant_id = x.tenant_id AND s.id = coalesce(x.sender_worker_id, x.origin_worker_id)
      WHERE x.tenant_id = $1 AND x.id = $7 AND s.organization_id = asker.organization_id) END AS transition_person_id,
  (SELECT r.id FROM referrals r
    WHERE r.tenant_id = $1 AND r.person_id = (SELECT person.id FROM person) AND r.need = $8::text
      AND r.status IN ('draft', 'requested', 'accepted', 'in_progress', 'on_hold')
      AND EXISTS (SELECT FROM referral_parties q, asker
                   WHERE q.tenant_id = $1 AND q.referral_id = r.id AND q.organization_id = asker.organization_id
                     AND (NOT r.deidentified OR q.role = 'requester'))
    ORDER BY r.id DESC LIMIT 1) AS duplicate_of,
  k.body_digest, k.status, k.body, k.etag
FROM tenant LEFT JOIN idempotency_keys k
  ON k.tenant_id = $1 AND k.caller = $9::text AND k.route = $10::text AND k.key = $11::text
"""  # noqa: S608 - every part is written here or beside it

_PROGRAMME = TypeAdapter(Programme)
_WORKER = TypeAdapter(Worker)
_BACKUP = TypeAdapter(dict[str, Any])


async def read_surroundings(
    connection: AsyncConnection, wish: ReferralWish, *, by: Actor, requester_worker_id: UUID, key: RequestKey | None
) -> tuple[ReferralSurroundings, StoredResponse | None]:
    """What our own tables know of everybody and everything the wish names, and the first answer under `key`.

    Raises Problem 422 where the key was used for another body.
    """
    asked = (
        *(by.tenant_id, wish.programme_id, requester_worker_id, wish.recipient_worker_id, wish.recipient_team_id),
        *(wish.person_id, wish.transition_id, wish.need),
        *((None, None, None) if key is None else (key.caller, key.route, key.key)),
    )
    row = (await connection.exec_driver_sql(_SURROUNDINGS, asked)).one()
    stored = None
    if key is not None:
        stored = answer_for(
            key, held=True, body_digest=row.body_digest, status=row.status, body=row.body, etag=row.etag
        )
    around = ReferralSurroundings(
        person_id=row.person_id,
        programme=None if row.programme is None else _PROGRAMME.validate_json(row.programme),
        requester=None if row.requester is None else _WORKER.validate_json(row.requester),
        recipient=None if row.recipient is None else _WORKER.validate_json(row.recipient),
        team=None if row.team_organization is None else _team(row.team_organization, row.team_roles),
        same_team=row.same_team,
        backup=None if row.backup is None else _backup(_BACKUP.validate_json(row.backup)),
        recipient_available=row.recipient_available,
        person_known=row.person_known,
        person_at_home=row.person_at_home,
        transition_person_id=row.transition_person_id,
        duplicate_of=row.duplicate_of,
    )
    return around, stored


async def read_chain(connection: AsyncConnection, *, tenant_id: UUID, parent_id: UUID) -> frozenset[UUID]:
    """Workers and teams that a referral and those it was passed on from have gone through."""
    up = (
        sa.select(referrals.c.id, referrals.c.part_of)
        .where(referrals.c.tenant_id == tenant_id, referrals.c.id == parent_id)
        .cte("up", recursive=True)
    )
    parents = referrals.alias("parents")
    up = up.union(
        sa.select(parents.c.id, parents.c.part_of).where(parents.c.tenant_id == tenant_id, parents.c.id == up.c.part_of)
    )
    through = sa.select(referral_parties.c.worker_id, referral_parties.c.team_id).where(
        referral_parties.c.tenant_id == tenant_id,
        referral_parties.c.referral_id.in_(sa.select(up.c.id)),
        referral_parties.c.role != "clinical_backup",
    )
    rows = await connection.execute(through)
    return frozenset(one for row in rows for one in row if one is not None)


def _team(organization_id: UUID, roles: list[str] | None) -> TeamFacts:
    return TeamFacts(organization_id=organization_id, roles=frozenset(PracticeRole(role) for role in roles or ()))


def _backup(found: dict[str, Any]) -> Backup:
    return Backup(
        team_id=UUID(found["team_id"]),
        worker_id=UUID(found["worker_id"]),
        worker_role=None if found["worker_role"] is None else PracticeRole(found["worker_role"]),
        team=_team(UUID(found["organization_id"]), found["roles"]),
    )
