"""What the numbers are made of, read in three statements: who may be counted, every discharge, and who was on call.

A discharge is read from its timeline, and only from lines written down by `as_of`: whatever was entered later was not
known then. Birth dates, roles and due times have no such history and are read as they stand now.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.referrals.adapters.roster_tables import on_call_shifts
from services.referrals.adapters.tables import programmes, workers
from services.referrals.domain.custody_gap import Span
from services.referrals.domain.discharges import AdmissionTold, Discharge, Reached
from services.referrals.domain.errors import NotFound
from services.referrals.domain.measures import Channel
from services.referrals.use_cases.number_ports import DischargeFilter, DischargesRead
from shared.contracts.codes import PracticeRole, Setting
from shared.database import transaction

_INSTANT = sa.DateTime(timezone=True)

_DISCHARGES = sa.text("""
SELECT h.id AS handoff_id, t.programme_id, p.setting, p.time_zone, p.calendar_code, person.birth_date,
       leaving.occurred_at AS left_at, told.*, source.*, due.due_at AS contact_due_at,
       CASE WHEN due.lifted_at <= :as_of THEN due.lifted_at END AS contact_lifted_at
FROM transitions t
JOIN handoffs h ON h.tenant_id = t.tenant_id AND h.transition_id = t.id
JOIN programmes p ON p.tenant_id = t.tenant_id AND p.id = t.programme_id
JOIN people person ON person.tenant_id = t.tenant_id AND person.id = t.person_id
CROSS JOIN LATERAL (
  SELECT f.kind, f.occurred_at FROM handoff_facts f
  WHERE f.tenant_id = t.tenant_id AND f.handoff_id = h.id AND f.recorded_at <= :as_of
    AND f.kind IN ('discharged', 'retracted', 'cancelled')
  ORDER BY f.recorded_at DESC, f.id DESC LIMIT 1
) leaving
CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE f.kind IN ('offered', 'escalated')) AS offered,
         count(*) FILTER (WHERE f.kind IN ('unanswered', 'escalation_unanswered')) AS unanswered,
         count(*) FILTER (WHERE f.kind = 'declined') AS declined,
         min(f.occurred_at) FILTER (WHERE f.kind = 'accepted') AS accepted_at,
         min(f.occurred_at) FILTER (WHERE f.kind = 'first_contact') AS contacted_at,
         min(f.occurred_at) FILTER (WHERE f.kind = 'closed') AS closed_at,
         min(f.occurred_at) FILTER (WHERE f.kind = 'withdrawn') AS withdrawn_at,
         min(f.occurred_at) FILTER (WHERE f.kind = 'withdrawn' AND f.code = 'readmitted') AS said_to_be_back_at,
         coalesce(bool_or(f.kind = 'withdrawn' AND f.code = 'person_died'), false) AS said_to_have_died,
         array_agg(f.occurred_at ORDER BY f.id) FILTER (WHERE f.kind IN ('first_contact', 'followed_up')) AS contact_times,
         array_agg(w.practice_role ORDER BY f.id) FILTER (WHERE f.kind IN ('first_contact', 'followed_up')) AS contact_roles,
         array_agg(f.code ORDER BY f.id) FILTER (WHERE f.kind IN ('first_contact', 'followed_up')) AS contact_codes
  FROM handoff_facts f
  LEFT JOIN workers w ON w.tenant_id = f.tenant_id AND w.id = f.by_worker_id
  WHERE f.tenant_id = t.tenant_id AND f.handoff_id = h.id AND f.recorded_at <= :as_of
) told
CROSS JOIN LATERAL (
  WITH RECURSIVE record AS (
    SELECT t.person_id AS id
    UNION
    SELECT a.merged_person_id FROM person_aliases a JOIN record r ON a.person_id = r.id
    WHERE a.tenant_id = t.tenant_id AND a.recorded_at <= :as_of
  ), admission AS (
    SELECT s.event_at AS occurred_at, sp.setting FROM source_facts s JOIN record r ON s.person_id = r.id
    JOIN programmes sp ON sp.tenant_id = s.tenant_id AND sp.id = s.programme_id
    WHERE s.tenant_id = t.tenant_id AND s.kind = 'admitted' AND s.recorded_at <= :as_of
      AND s.source_key <> t.visit_reference
      AND NOT EXISTS (SELECT FROM source_facts c WHERE c.tenant_id = s.tenant_id AND c.source_key = s.source_key
                      AND c.kind = 'admission_cancelled' AND c.event_at >= s.event_at AND c.recorded_at <= :as_of)
    UNION ALL
    -- whoever left again must have been admitted in between, also where no source told of it
    SELECT o.discharged_at, op.setting FROM transitions o JOIN record r ON o.person_id = r.id
    JOIN programmes op ON op.tenant_id = o.tenant_id AND op.id = o.programme_id
    WHERE o.tenant_id = t.tenant_id AND o.id <> t.id AND o.status = 'discharged' AND o.recorded_at <= :as_of
  )
  SELECT (SELECT array_agg(occurred_at ORDER BY occurred_at, setting) FROM admission) AS admission_times,
         (SELECT array_agg(setting ORDER BY occurred_at, setting) FROM admission) AS admission_settings,
         EXISTS (SELECT FROM source_facts s JOIN record r ON s.person_id = r.id
                 WHERE s.tenant_id = t.tenant_id AND s.kind = 'died' AND s.recorded_at <= :as_of) AS died
) source
LEFT JOIN handoff_milestones due ON due.tenant_id = h.tenant_id AND due.handoff_id = h.id AND due.code = 'first_contact'
WHERE t.tenant_id = :tenant_id AND leaving.kind = 'discharged'
  AND leaving.occurred_at >= :since AND leaving.occurred_at < :until AND t.programme_id = ANY(:programme_ids)
ORDER BY h.id
""").bindparams(
    sa.bindparam("as_of", type_=_INSTANT),
    sa.bindparam("since", type_=_INSTANT),
    sa.bindparam("until", type_=_INSTANT),
    sa.bindparam("tenant_id", type_=sa.Uuid),
    sa.bindparam("programme_ids", type_=sa.ARRAY(sa.Uuid)),
)


class DischargeQueries:
    """Reads on connections of its own; each reading is one transaction."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def read(self, wanted: DischargeFilter) -> DischargesRead:
        """Raises NotFound for a programme that there is not, or that is not the colleague's own."""
        async with transaction(self._engine, tenant_id=wanted.tenant_id) as connection:
            programme_ids = await _programmes(connection, wanted)
            asked = {
                "tenant_id": wanted.tenant_id,
                "since": wanted.since,
                "until": wanted.until,
                "as_of": wanted.as_of,
                "programme_ids": programme_ids,
            }
            found = [_discharge(row) for row in await connection.execute(_DISCHARGES, asked)]
            return DischargesRead(discharges=found, on_call=await _on_call(connection, wanted))


async def _programmes(connection: AsyncConnection, wanted: DischargeFilter) -> list[UUID]:
    query = sa.select(programmes.c.id).where(programmes.c.tenant_id == wanted.tenant_id)
    if wanted.programme_id is not None:
        query = query.where(programmes.c.id == wanted.programme_id)
    if wanted.colleague_worker_id is not None:
        own = sa.select(workers.c.organization_id).where(
            workers.c.tenant_id == wanted.tenant_id, workers.c.id == wanted.colleague_worker_id
        )
        query = query.where(programmes.c.organization_id == own.scalar_subquery())
    found = list((await connection.execute(query)).scalars())
    if wanted.programme_id is not None and not found:
        raise NotFound("programme", pointer="/programme_id")
    return found


async def _on_call(connection: AsyncConnection, wanted: DischargeFilter) -> dict[UUID, list[Span]]:
    shift = on_call_shifts
    query = sa.select(shift.c.programme_id, shift.c.starts_at, shift.c.ends_at).where(
        shift.c.tenant_id == wanted.tenant_id,
        shift.c.ends_at > wanted.since,
        shift.c.starts_at < wanted.as_of,
        shift.c.recorded_at <= wanted.as_of,
    )
    spans: dict[UUID, list[Span]] = {}
    for row in await connection.execute(query):
        spans.setdefault(row.programme_id, []).append((row.starts_at, row.ends_at))
    return spans


def _discharge(row: Any) -> Discharge:
    birth_date: date | None = row.birth_date
    return Discharge(
        handoff_id=row.handoff_id,
        programme_id=row.programme_id,
        setting=Setting(row.setting),
        time_zone=row.time_zone,
        calendar_code=row.calendar_code,
        left_at=row.left_at,
        birth_date=birth_date,
        died=row.died or row.said_to_have_died,
        offered=row.offered,
        unanswered=row.unanswered,
        declined=row.declined,
        accepted_at=row.accepted_at,
        contacted_at=row.contacted_at,
        closed_at=row.closed_at,
        withdrawn_at=row.withdrawn_at,
        contact_due_at=row.contact_due_at,
        contact_lifted_at=row.contact_lifted_at,
        contacts=_contacts(row),
        admissions=_admissions(row),
    )


def _contacts(row: Any) -> tuple[Reached, ...]:
    lines = zip(row.contact_times or (), row.contact_roles or (), row.contact_codes or (), strict=True)
    return tuple(
        Reached(occurred_at=at, role=None if role is None else PracticeRole(role), channel=_channel(code))
        for at, role, code in lines
    )


def _channel(code: str | None) -> Channel:
    return Channel(code) if code in set(Channel) else Channel.NOT_RECORDED


def _admissions(row: Any) -> tuple[AdmissionTold, ...]:
    told: list[tuple[datetime, Setting | None]] = [
        (at, Setting(setting))
        for at, setting in zip(row.admission_times or (), row.admission_settings or (), strict=True)
    ]
    if row.said_to_be_back_at is not None:
        told.append((row.said_to_be_back_at, None))
    return tuple(AdmissionTold(occurred_at=at, setting=setting) for at, setting in told)
