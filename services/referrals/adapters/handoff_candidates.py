"""The facts the matcher judges by, read in one statement however many peers there are.

What peers lived through and what the person asked for meet inside the statement: only a yes or no leaves it. The same
for a dual relationship: it is told as a fact of this person and this peer to the matcher, and by it to nobody.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.adapters.joined_records import joined_records
from services.referrals.adapters.matching_files import load_ceilings
from services.referrals.adapters.model_files import codes_of_naming_models
from services.referrals.adapters.referral_disclosure import between_organizations, covered
from services.referrals.domain.candidates import Candidate, HeldCredential
from services.referrals.domain.ceilings import lowest
from services.referrals.domain.credential import Credential, supervision_state
from services.referrals.use_cases.matching_ports import PeersAround
from shared.contracts.codes import IntegrationModel, PracticeRole, Setting, SupervisionState

# Whoever works where the sender does knows; anybody else is told by a consent, by the same words as everywhere.
_COVERED = covered(
    between_organizations(sa.literal_column("teller.organization_id"), sa.literal_column("worker.organization_id")),
    tenant_id=sa.literal_column(":tenant_id"),
    person_id=sa.literal_column(":person_id"),
).compile(dialect=pg.dialect(), compile_kwargs={"literal_binds": True})  # type: ignore[no-untyped-call]

_CANDIDATES = sa.text(
    f"""
WITH programme AS (
    SELECT p.*, (:on AT TIME ZONE p.time_zone)::date AS day FROM programmes p
    WHERE p.tenant_id = :tenant_id AND p.id = :programme_id
), person AS (
    {joined_records(tenant_id=":tenant_id", person_id=":person_id")}
), wish AS (
    SELECT w.codes FROM person_wishes w
    WHERE w.tenant_id = :tenant_id AND w.person_id = :person_id AND cardinality(w.codes) > 0
), teller AS (
    SELECT coalesce((SELECT w.organization_id FROM workers w
                     WHERE w.tenant_id = :tenant_id AND w.id = :sender_worker_id), programme.organization_id)
           AS organization_id FROM programme
), peers AS (
    SELECT worker.* FROM workers worker JOIN programme p ON p.tenant_id = worker.tenant_id
    WHERE worker.active AND worker.practice_role = :practice_role
      AND EXISTS (SELECT FROM team_members member
                  JOIN teams team ON team.tenant_id = member.tenant_id AND team.id = member.team_id
                  WHERE member.tenant_id = worker.tenant_id AND member.worker_id = worker.id
                    AND team.organization_id = p.organization_id)
)
SELECT worker.id, programme.setting, programme.integration_model, programme.protocol_code, programme.calendar_code,
       programme.time_zone, programme.jurisdiction, programme.day,
       (SELECT p.language FROM people p WHERE p.tenant_id = :tenant_id AND p.id = :person_id) AS person_language,
       worker.languages, worker.last_supervised_on, worker.supervision_cadence_days,
       terms.caseload, coalesce(terms.waitlist, false) AS waitlist,
       coalesce(terms.assessment_first, false) AS assessment_first,
       coalesce(terms.supervision_must_be_current, false) AS supervision_must_be_current,
       (SELECT coalesce(jsonb_agg(to_jsonb(c)), '[]')::text FROM credentials c
        WHERE c.tenant_id = worker.tenant_id AND c.worker_id = worker.id
          AND c.jurisdiction = programme.jurisdiction) AS credentials,
       (SELECT count(*) FROM handoffs h
        WHERE h.tenant_id = worker.tenant_id AND h.worker_id = worker.id
          AND h.state IN ('offered', 'accepted', 'introduced', 'contacted'))
       + (SELECT count(*) FROM tasks t
          WHERE t.tenant_id = worker.tenant_id AND t.assignee_worker_id = worker.id
            AND t.status IN ('assigned', 'in_progress', 'on_hold')) AS open_load,
       (SELECT count(*) FROM (
            SELECT t.person_id FROM handoffs h
            JOIN transitions t ON t.tenant_id = h.tenant_id AND t.id = h.transition_id
            WHERE h.tenant_id = worker.tenant_id AND h.worker_id = worker.id
              AND h.state IN ('offered', 'accepted', 'introduced', 'contacted')
            UNION SELECT t.person_id FROM tasks t
            WHERE t.tenant_id = worker.tenant_id AND t.assignee_worker_id = worker.id AND t.person_id IS NOT NULL
              AND t.status IN ('assigned', 'in_progress', 'on_hold')
            UNION SELECT r.person_id FROM referral_parties party
            JOIN referrals r ON r.tenant_id = party.tenant_id AND r.id = party.referral_id
            WHERE party.tenant_id = worker.tenant_id AND party.worker_id = worker.id AND party.role = 'recipient'
              AND r.status IN ('accepted', 'in_progress', 'on_hold')) walked_with
        WHERE walked_with.person_id IS DISTINCT FROM :person_id) AS people_now,
       (SELECT max(o.offered_at) FROM handoff_offers o
        WHERE o.tenant_id = worker.tenant_id AND o.worker_id = worker.id) AS last_offered_at,
       EXISTS (SELECT FROM on_call_shifts s
               WHERE s.tenant_id = worker.tenant_id AND s.programme_id = programme.id AND s.worker_id = worker.id
                 AND s.duty = 'peer' AND s.starts_at <= :on AND s.ends_at > :on) AS on_shift,
       EXISTS (SELECT FROM worker_absences a
               WHERE a.tenant_id = worker.tenant_id AND a.worker_id = worker.id
                 AND a.starts_at <= :on AND (a.ends_at IS NULL OR a.ends_at > :on)) AS away,
       EXISTS (SELECT FROM dual_relationships d JOIN person ON person.id = d.person_id
               WHERE d.tenant_id = worker.tenant_id AND d.worker_id = worker.id AND d.ended_at IS NULL) AS conflict,
       worker.organization_id <> teller.organization_id AS of_another_organization,
       :person_id IS NULL OR worker.organization_id = teller.organization_id OR {_COVERED} AS may_be_told,
       EXISTS (SELECT FROM handoffs h JOIN transitions t ON t.tenant_id = h.tenant_id AND t.id = h.transition_id
               JOIN programmes earlier ON earlier.tenant_id = t.tenant_id AND earlier.id = t.programme_id
               WHERE h.tenant_id = worker.tenant_id AND h.worker_id = worker.id AND h.contacted_at IS NOT NULL
                 AND earlier.setting = programme.setting) AS knows_setting,
       (SELECT EXISTS (SELECT FROM lived_experience l
                       WHERE l.tenant_id = worker.tenant_id AND l.worker_id = worker.id
                         AND l.use_for_matching AND l.codes && wish.codes) FROM wish) AS meets_wish
FROM programme CROSS JOIN teller
LEFT JOIN LATERAL (SELECT t.* FROM capacity_terms t
                   WHERE t.tenant_id = programme.tenant_id AND t.programme_id = programme.id
                     AND t.effective_from <= programme.day
                   ORDER BY t.effective_from DESC LIMIT 1) terms ON true
LEFT JOIN peers worker ON true
"""  # noqa: S608 - every part is written here, in availability.py or in referral_disclosure.py
).bindparams(
    sa.bindparam("tenant_id", type_=sa.Uuid),
    sa.bindparam("programme_id", type_=sa.Uuid),
    sa.bindparam("person_id", type_=sa.Uuid),
    sa.bindparam("sender_worker_id", type_=sa.Uuid),
    sa.bindparam("on", type_=sa.DateTime(timezone=True)),
    sa.bindparam("practice_role", PracticeRole.PEER_SUPPORT_SPECIALIST.value),
)

_CREDENTIALS = TypeAdapter(tuple[Credential, ...])


async def read_peers(
    connection: AsyncConnection,
    *,
    tenant_id: UUID,
    programme_id: UUID,
    person_id: UUID | None,
    sender_worker_id: UUID | None,
    on: datetime,
) -> PeersAround | None:
    """Peers on a team of the programme's organisation who have not left, with credentials as of the programme's day.

    Without `person_id` what concerns one person only (a wish, a dual relationship) is no, and there is nobody to tell
    of. Without a sender the programme's own organisation tells. None: no such programme.
    """
    asked = {
        "tenant_id": tenant_id,
        "programme_id": programme_id,
        "person_id": person_id,
        "sender_worker_id": sender_worker_id,
        "on": on,
    }
    rows = list(await connection.execute(_CANDIDATES, asked))
    if not rows:
        return None
    first = rows[0]
    return PeersAround(
        setting=Setting(first.setting),
        model=IntegrationModel(first.integration_model),
        protocol_code=first.protocol_code,
        calendar_code=first.calendar_code,
        time_zone=first.time_zone,
        person_language=first.person_language,
        waitlist=first.waitlist,
        assessment_first=first.assessment_first,
        candidates=[_candidate(row) for row in rows if row.id is not None],
    )


def _candidate(row: Any) -> Candidate:
    ceilings = load_ceilings().of(row.jurisdiction, on=row.day)
    caseload = lowest(ceilings.caseload, row.caseload)
    supervision = supervision_state(
        last_supervised_on=row.last_supervised_on, cadence_days=row.supervision_cadence_days, on=row.day
    )
    must_be_current = ceilings.supervision_must_be_current or row.supervision_must_be_current
    return Candidate(
        worker_id=row.id,
        active=True,
        on_team=True,
        credentials=_standing(row),
        languages=frozenset(row.languages),
        open_load=row.open_load,
        last_offered_at=row.last_offered_at,
        on_shift=row.on_shift,
        away=row.away,
        supervision_in_the_way=must_be_current and supervision is not SupervisionState.CURRENT,
        conflict=row.conflict,
        of_another_organization=row.of_another_organization,
        may_be_told=row.may_be_told,
        asked_unnamed=row.integration_model not in codes_of_naming_models(),
        free_places=None if caseload is None else caseload - row.people_now,
        knows_setting=row.knows_setting,
        meets_wish=row.meets_wish,
    )


def _standing(row: Any) -> tuple[HeldCredential, ...]:
    return tuple(
        HeldCredential(state=credential.state_on(row.day), endorsement=credential.endorsement)
        for credential in _CREDENTIALS.validate_json(row.credentials)
    )
