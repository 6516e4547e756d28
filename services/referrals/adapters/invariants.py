"""What must always hold, as queries on the live database: each finds the ids of what breaks it, and finds none.

The database's own constraints hold most of it already; these look at what was written from outside as well, and at
what no constraint can say.
"""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.database import transaction

AT_MOST = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Invariant:
    """`breaks` selects `tenant_id` and `id` of whatever breaks it."""

    code: str
    says: str
    breaks: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Violation:
    """Something that breaks an invariant."""

    code: str
    tenant_id: UUID
    subject_id: UUID


_ENDED = "h.state IN ('closed', 'withdrawn')"

INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        code="one_owner",
        says="a transition has exactly one accountable owner, the one that its history ends with (I10)",
        breaks="""
            SELECT t.tenant_id, t.id FROM transitions t
            LEFT JOIN LATERAL (
                SELECT c.sequence, c.worker_id FROM custody_history c
                WHERE c.tenant_id = t.tenant_id AND c.transition_id = t.id ORDER BY c.sequence DESC LIMIT 1
            ) last ON true
            WHERE last.worker_id IS DISTINCT FROM t.owner_worker_id OR last.sequence <> t.custody_sequence
        """,
    ),
    Invariant(
        code="unbroken_history",
        says="custody passes from each owner to the next, without a gap and never back in time (I10)",
        breaks="""
            SELECT DISTINCT tenant_id, transition_id AS id FROM (
                SELECT c.*, row_number() OVER line AS place, lag(c.worker_id) OVER line AS before,
                       lag(c.occurred_at) OVER line AS since
                FROM custody_history c WINDOW line AS (PARTITION BY c.tenant_id, c.transition_id ORDER BY c.sequence)
            ) entry
            WHERE sequence <> place OR from_worker_id IS DISTINCT FROM before OR occurred_at < since
        """,
    ),
    Invariant(
        code="rightful_owner",
        says="the sender's side holds the person until somebody has accepted and met them, and while no discharge stands",
        breaks="""
            SELECT t.tenant_id, t.id FROM transitions t
            JOIN handoffs h ON h.tenant_id = t.tenant_id AND h.transition_id = t.id
            WHERE t.owner_worker_id <> CASE
                WHEN t.status = 'discharged' AND h.accepted_by IS NOT NULL AND h.contacted_at IS NOT NULL
                THEN h.accepted_by ELSE t.origin_worker_id END
        """,
    ),
    Invariant(
        code="owner_is_there",
        says="who is accountable for somebody on the way has not left",
        breaks="""
            SELECT t.tenant_id, t.id FROM transitions t
            JOIN workers w ON w.tenant_id = t.tenant_id AND w.id = t.owner_worker_id AND NOT w.active
            WHERE t.status IN ('planned', 'discharged') AND t.loop_closed_at IS NULL
        """,
    ),
    Invariant(
        code="nothing_overdue_on_ended",
        says="no clock runs, and nobody is asked, on a handoff that has ended",
        breaks=f"""
            SELECT h.tenant_id, h.id FROM handoffs h WHERE {_ENDED} AND (
                EXISTS (SELECT FROM handoff_milestones m WHERE m.tenant_id = h.tenant_id AND m.handoff_id = h.id
                        AND m.met_at IS NULL AND m.lifted_at IS NULL)
                OR EXISTS (SELECT FROM handoff_offers o WHERE o.tenant_id = h.tenant_id AND o.handoff_id = h.id
                           AND o.status = 'open'))
        """,  # noqa: S608 - written above
    ),
    Invariant(
        code="somebody_is_asked",
        says="an offered handoff has one open offer, to the worker it lies with",
        breaks="""
            SELECT h.tenant_id, h.id FROM handoffs h
            WHERE h.state = 'offered' AND NOT EXISTS (
                SELECT FROM handoff_offers o WHERE o.tenant_id = h.tenant_id AND o.handoff_id = h.id
                AND o.status = 'open' AND o.worker_id = h.worker_id)
        """,
    ),
    Invariant(
        code="assigned_by_decision",
        says="every task that somebody has carries the scope guard's decision (I3, I4)",
        breaks="""
            SELECT tenant_id, id FROM tasks
            WHERE status IN ('assigned', 'in_progress', 'on_hold') AND (decision_id IS NULL OR assigned_at IS NULL)
        """,
    ),
    Invariant(
        code="never_out_of_role",
        says="no task was ever given out that the scope guard calls out of its role (I3)",
        breaks="""
            SELECT tenant_id, id FROM tasks WHERE assigned_at IS NOT NULL AND 'out_of_scope' IN (verdict, decision ->> 'verdict')
        """,
    ),
    Invariant(
        code="decision_can_be_found",
        says="the decision of a task is the one its row names, says by which policy, and judged just what was asked (I4)",
        breaks="""
            SELECT tenant_id, id FROM tasks
            WHERE assigned_at IS NOT NULL AND (
                decision ->> 'decision_id' IS DISTINCT FROM decision_id::text
                OR decision ->> 'verdict' IS DISTINCT FROM verdict
                OR coalesce(decision ->> 'policy_version', '') = '')
        """,
    ),
    Invariant(
        code="every_step_written",
        says="a task has one line of history for each of its versions (I6)",
        breaks="""
            SELECT t.tenant_id, t.id FROM tasks t
            WHERE t.version <> (SELECT count(*) FROM task_history s WHERE s.tenant_id = t.tenant_id AND s.task_id = t.id)
        """,
    ),
    Invariant(
        code="last_step_is_state",
        says="the last line of a task's history leaves it as it is: nothing moved it past its own books (I6, I7)",
        breaks="""
            SELECT t.tenant_id, t.id FROM tasks t
            JOIN task_history s ON s.tenant_id = t.tenant_id AND s.task_id = t.id AND s.version = t.version
            WHERE s.status <> t.status
        """,
    ),
    Invariant(
        code="every_referral_step_written",
        says="a referral has a line of history for each of its versions, and the last leaves it as it is (I6)",
        breaks="""
            SELECT r.tenant_id, r.id FROM referrals r
            LEFT JOIN referral_history s ON s.tenant_id = r.tenant_id AND s.referral_id = r.id AND s.version = r.version
            WHERE (s.status, s.business_status) IS DISTINCT FROM (r.status, r.business_status) OR r.version <> (
                SELECT count(*) FROM referral_history e WHERE e.tenant_id = r.tenant_id AND e.referral_id = r.id)
        """,
    ),
    Invariant(
        code="one_record_per_person",
        says="nobody on the way is known under a record that was given up",
        breaks="""
            SELECT t.tenant_id, t.id FROM transitions t
            JOIN person_aliases a ON a.tenant_id = t.tenant_id AND a.merged_person_id = t.person_id
            WHERE t.status IN ('planned', 'discharged') AND t.loop_closed_at IS NULL
              AND NOT EXISTS (SELECT FROM person_aliases b WHERE b.tenant_id = a.tenant_id
                              AND b.merged_person_id = a.person_id)
        """,
    ),
)


async def examine(engine: AsyncEngine) -> list[Violation]:
    """What breaks the invariants now, at most a few of each."""
    found = []
    async with transaction(engine, tenant_id=None) as connection:
        for invariant in INVARIANTS:
            query = sa.text(f"SELECT tenant_id, id FROM ({invariant.breaks}) broken LIMIT {AT_MOST}")  # noqa: S608
            for row in await connection.execute(query):
                found.append(Violation(code=invariant.code, tenant_id=row.tenant_id, subject_id=row.id))
    return found
