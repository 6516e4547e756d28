"""Weekly summaries and letters on PostgreSQL."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.notifications.adapters.contact_book import has_stopped, points_of
from services.notifications.adapters.tables import contact_points, letters, summary_dates, workers
from services.notifications.domain.letters import LetterKind
from services.notifications.domain.outcomes import Settled
from services.notifications.domain.summaries import READERS, WeekCounts
from services.notifications.use_cases.letter_ports import DueSummary, LeasedLetter
from services.notifications.use_cases.ports import Recipient
from shared.database import transaction
from shared.identifiers import new_id

# An offer counts for the week in which it was made. Answered means: before silence counted as an answer.
_COUNTS = sa.text(
    """
    SELECT count(*) AS offered,
        count(*) FILTER (WHERE i.ended_reason IN ('accepted', 'declined') AND i.exhausted_at IS NULL) AS answered,
        count(*) FILTER (WHERE i.exhausted_at IS NOT NULL) AS unanswered,
        count(DISTINCT i.subject_id) FILTER (WHERE EXISTS (
            SELECT 1 FROM stories AS s, jsonb_each(s.facts) AS f
            WHERE s.tenant_id = i.tenant_id AND s.story_kind = i.story_kind AND s.story_id = i.story_id
              AND f.value ->> 'type' = 'handoff.first_contact' AND f.value ->> 'subject_id' = i.subject_id::text
              AND (f.value ->> 'recorded_at')::timestamptz < :until)) AS first_contacts
    FROM workers AS w JOIN items AS i ON i.tenant_id = w.tenant_id AND i.worker_id = w.worker_id
    WHERE w.tenant_id = :tenant_id AND w.organization_id = :organization_id
      AND i.kind IN ('handoff_offered', 'handoff_escalated') AND i.created_at >= :since AND i.created_at < :until
    """
).bindparams(
    sa.bindparam("tenant_id", type_=sa.Uuid),
    sa.bindparam("organization_id", type_=sa.Uuid),
    sa.bindparam("since", type_=sa.DateTime(timezone=True)),
    sa.bindparam("until", type_=sa.DateTime(timezone=True)),
)


def new_letter(
    reader: Recipient, *, kind: LetterKind, occasion: str, counts: dict[str, int], now: datetime
) -> sa.Executable:
    """The statement that writes a letter, once for each reader and occasion."""
    values = {
        "tenant_id": reader.tenant_id,
        "letter_id": new_id(),
        "kind": kind.value,
        "occasion": occasion,
        "worker_id": reader.worker_id,
        "counts": counts,
        "state": "planned",
        "next_at": now,
        "created_at": now,
        "changed_at": now,
    }
    return insert(letters).values(values).on_conflict_do_nothing()


class PostgresSummaryWork:
    """The SummaryWork port."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def take_due(self, *, now: datetime, limit: int) -> list[DueSummary]:
        """What another beat holds is left to it."""
        query = (
            sa.select(
                summary_dates,
                workers.c.organization_id,
                workers.c.active,
                workers.c.practice_role,
                sa.func.coalesce(contact_points.c.time_zone, "UTC").label("time_zone"),
                sa.func.coalesce(contact_points.c.weekly_summary_on, True).label("switched_on"),
            )
            .select_from(
                summary_dates.outerjoin(workers, _same(summary_dates, workers)).outerjoin(
                    contact_points, _same(summary_dates, contact_points)
                )
            )
            .where(summary_dates.c.due_at <= now)
            .order_by(summary_dates.c.due_at)
            .limit(limit)
            .with_for_update(of=summary_dates, skip_locked=True)
        )
        return [
            DueSummary(
                reader=Recipient(row.tenant_id, row.worker_id),
                organization_id=row.organization_id,
                time_zone=row.time_zone,
                due_at=row.due_at,
                wanted=bool(row.active) and row.practice_role in READERS and row.switched_on,
            )
            for row in await self._connection.execute(query)
        ]

    async def counts(self, reader: Recipient, *, organization_id: UUID, since: datetime, until: datetime) -> WeekCounts:
        """One statement."""
        values = {"tenant_id": reader.tenant_id, "organization_id": organization_id, "since": since, "until": until}
        row = (await self._connection.execute(_COUNTS, values)).one()
        return WeekCounts(
            offered=row.offered,
            answered=row.answered,
            unanswered=row.unanswered,
            first_contacts=row.first_contacts,
        )

    async def write(self, reader: Recipient, *, week: str, counts: WeekCounts, now: datetime) -> None:
        """Once for each reader and week."""
        numbers = {
            "offered": counts.offered,
            "answered": counts.answered,
            "unanswered": counts.unanswered,
            "first_contacts": counts.first_contacts,
        }
        await self._connection.execute(
            new_letter(reader, kind=LetterKind.WEEKLY_SUMMARY, occasion=week, counts=numbers, now=now)
        )

    async def set_next(self, reader: Recipient, *, due_at: datetime) -> None:
        """By reader."""
        table = summary_dates
        this = (table.c.tenant_id == reader.tenant_id, table.c.worker_id == reader.worker_id)
        await self._connection.execute(sa.update(table).where(*this).values(due_at=due_at))


class PostgresSummaries:
    """The Summaries port."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @asynccontextmanager
    async def working(self) -> AsyncIterator[PostgresSummaryWork]:
        """One transaction over all tenants, as a sweep's may be."""
        async with transaction(self._engine, tenant_id=None) as connection:
            yield PostgresSummaryWork(connection)


class PostgresLetters:
    """The Letters port."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def claim(self, *, limit: int, now: datetime, lease: timedelta) -> list[LeasedLetter]:
        """Lease first, then read who the readers are now."""
        token = new_id()
        due = (
            sa.select(letters.c.tenant_id, letters.c.letter_id)
            .where(letters.c.next_at.is_not(None), letters.c.next_at <= now)
            .order_by(letters.c.next_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("due")
        )
        take = (
            sa.update(letters)
            .where(letters.c.tenant_id == due.c.tenant_id, letters.c.letter_id == due.c.letter_id)
            .values(state="leased", lease_token=token, next_at=now + lease, changed_at=now)
        )
        leased = (
            sa.select(
                letters,
                sa.func.coalesce(workers.c.active, True).label("active"),
                contact_points.c.worker_id.label("contact_worker_id"),
                *[column for column in contact_points.c if column.name not in letters.c],
                has_stopped().label("opted_out"),
            )
            .select_from(
                letters.outerjoin(workers, _same(letters, workers)).outerjoin(
                    contact_points, _same(letters, contact_points)
                )
            )
            .where(letters.c.lease_token == token)
        )
        async with transaction(self._engine, tenant_id=None) as connection:
            if (await connection.execute(take)).rowcount == 0:
                return []
            return [_letter(row) for row in await connection.execute(leased)]

    async def settle(self, outcomes: Sequence[tuple[LeasedLetter, Settled]], *, now: datetime) -> None:
        """By lease token."""
        async with transaction(self._engine, tenant_id=None) as connection:
            for letter, outcome in outcomes:
                ours = sa.and_(
                    letters.c.tenant_id == letter.reader.tenant_id,
                    letters.c.letter_id == letter.letter_id,
                    letters.c.lease_token == letter.lease_token,
                )
                done = {
                    "state": outcome.state.value,
                    "code": str(outcome.code) if outcome.code is not None else None,
                    "attempts": letters.c.attempts + int(outcome.attempted),
                    "next_at": outcome.next_at,
                    "lease_token": None,
                    "changed_at": now,
                }
                await connection.execute(sa.update(letters).where(ours).values(done))


def _same(one: sa.Table, other: sa.Table) -> sa.ColumnElement[bool]:
    return sa.and_(one.c.tenant_id == other.c.tenant_id, one.c.worker_id == other.c.worker_id)


def _letter(row: Any) -> LeasedLetter:
    return LeasedLetter(
        letter_id=row.letter_id,
        reader=Recipient(row.tenant_id, row.worker_id),
        kind=LetterKind(row.kind),
        counts=row.counts,
        attempts=row.attempts,
        lease_token=row.lease_token,
        leased_until=row.next_at,
        reader_active=row.active,
        contact_points=points_of(row, worker_id=row.contact_worker_id) if row.contact_worker_id else None,
    )
