"""Handoffs with running milestones, written in a few statements through the role that owns the tables."""

from datetime import datetime
from uuid import UUID

import asyncpg

HANDOFFS, CODES = (
    12_500,
    ("introduction", "owner_accepts", "first_contact", "follow_up_call", "day_7", "day_30", "day_90", "arrival"),
)
CLOCKS = HANDOFFS * len(CODES)


async def wound(owner: asyncpg.Connection, programme_id: UUID) -> None:
    """So many discharged people whose handoff is offered, every clock of each running."""
    async with owner.transaction():
        await owner.execute(
            f"""
            WITH beginning AS (
              SELECT p.tenant_id, p.id AS programme_id, p.duty_owner_worker_id AS worker_id,
                     ({_NUMBERED.format("a")})::uuid AS transition_id, ({_NUMBERED.format("b")})::uuid AS handoff_id,
                     ({_NUMBERED.format("c")})::uuid AS person_id, n
              FROM programmes p, generate_series(1, $2::int) n WHERE p.id = $1),
            somebody AS (
              INSERT INTO people (tenant_id, id, version, recorded_at, given_name, family_name, language, contact_preference)
              SELECT tenant_id, person_id, 1, now(), 'Robin', 'Example', 'en', 'staff_only' FROM beginning),
            custody AS (
              INSERT INTO custody_history (tenant_id, transition_id, sequence, worker_id, cause, occurred_at, recorded_at)
              SELECT tenant_id, transition_id, 1, worker_id, 'begun', now(), now() FROM beginning),
            leaving AS (
              INSERT INTO transitions (tenant_id, id, version, recorded_at, person_id, programme_id, visit_reference, status,
                origin_worker_id, owner_worker_id, custody_sequence, custody_since, protocol_code, protocol_version, discharged_at)
              SELECT tenant_id, transition_id, 1, now(), person_id, programme_id, n::text, 'discharged',
                worker_id, worker_id, 1, now(), 'standard_inpatient', '2026.1', now() FROM beginning),
            walking AS (
              INSERT INTO handoffs (tenant_id, id, version, recorded_at, transition_id, state, offer_number, worker_id)
              SELECT tenant_id, handoff_id, 1, now(), transition_id, 'offered', 1, worker_id FROM beginning)
            INSERT INTO handoff_milestones (tenant_id, handoff_id, code, due_at, escalate_to)
            SELECT tenant_id, handoff_id, code, now() + interval '90 days', 'duty_owner' FROM beginning, unnest($3::text[]) code
            """,
            programme_id,
            HANDOFFS,
            list(CODES),
            timeout=300,
        )
    await owner.execute("ANALYZE")


async def wind(owner: asyncpg.Connection, *, due: int, now: datetime) -> None:
    """Every clock runs, `due` of them out just now; what earlier sweeps left behind is gone."""
    await owner.execute("TRUNCATE handoff_facts; TRUNCATE outbox")
    await owner.execute(
        """
        UPDATE handoff_milestones m SET missed_at = NULL, due_at = $2::timestamptz
          + CASE WHEN place.n <= $1 THEN interval '-1 millisecond' * place.n ELSE interval '1 second' * (60 + place.n) END
        FROM (SELECT tenant_id, handoff_id, code, row_number() OVER (ORDER BY code, handoff_id) AS n
              FROM handoff_milestones) place
        WHERE (m.tenant_id, m.handoff_id, m.code) = (place.tenant_id, place.handoff_id, place.code)
        """,
        due,
        now,
        timeout=300,
    )
    await owner.execute("VACUUM ANALYZE handoff_milestones", timeout=300)


_NUMBERED = "'01900000-0000-7000-800{}-' || lpad(to_hex(n), 12, '0')"
