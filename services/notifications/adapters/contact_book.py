"""Contact points on PostgreSQL."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notifications.adapters.tables import contact_points as table
from services.notifications.adapters.tables import sms_opt_outs, summary_dates
from services.notifications.domain.codes import Channel
from services.notifications.domain.contact_points import ContactPoints, zone_named
from services.notifications.domain.summaries import next_summary
from services.notifications.use_cases.ports import Recipient
from shared.database import transaction

UNSET_VERSION = 1
"""The version everybody starts with, before there is a row."""


def points_of(row: Any, *, worker_id: UUID) -> ContactPoints:
    """Contact points from a row that holds their columns."""
    return ContactPoints(
        tenant_id=row.tenant_id,
        worker_id=worker_id,
        version=row.version,
        email=row.email,
        email_on=row.email_on,
        quiet_start=row.quiet_start,
        quiet_end=row.quiet_end,
        time_zone=row.time_zone,
        urgent_passes_quiet_hours=row.urgent_passes_quiet_hours,
        phone=row.phone,
        sms_on=row.sms_on,
        channel_order=tuple(Channel(name) for name in row.channel_order),
        weekly_summary_on=row.weekly_summary_on,
        opted_out=row.opted_out,
        changed_at=row.changed_at,
    )


def has_stopped() -> sa.ColumnElement[bool]:
    """Whether STOP came from the number of a row of contact points."""
    same = (sms_opt_outs.c.tenant_id == table.c.tenant_id, sms_opt_outs.c.phone == table.c.phone)
    return sa.exists().where(*same).correlate(table)


class PostgresContactBook:
    """The ContactBook port."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def read(self, recipient: Recipient) -> ContactPoints | None:
        """One row, or None."""
        query = sa.select(table, has_stopped().label("opted_out")).where(
            table.c.tenant_id == recipient.tenant_id, table.c.worker_id == recipient.worker_id
        )
        async with transaction(self._engine, tenant_id=recipient.tenant_id) as connection:
            row = (await connection.execute(query)).one_or_none()
        return points_of(row, worker_id=recipient.worker_id) if row else None

    async def replace(self, points: ContactPoints, *, seen_version: int, by: str) -> bool:
        """One statement that writes only over the version that was seen."""
        values = {
            "version": points.version,
            "email": points.email,
            "email_on": points.email_on,
            "quiet_start": points.quiet_start,
            "quiet_end": points.quiet_end,
            "time_zone": points.time_zone,
            "urgent_passes_quiet_hours": points.urgent_passes_quiet_hours,
            "phone": points.phone,
            "sms_on": points.sms_on,
            "channel_order": [channel.value for channel in points.channel_order],
            "weekly_summary_on": points.weekly_summary_on,
            "changed_at": points.changed_at,
            "changed_by": by,
        }
        statement: sa.sql.dml.UpdateBase
        if seen_version == UNSET_VERSION:
            first = insert(table).values(tenant_id=points.tenant_id, worker_id=points.worker_id, **values)
            statement = first.on_conflict_do_nothing()
        else:
            statement = (
                sa.update(table)
                .where(
                    table.c.tenant_id == points.tenant_id,
                    table.c.worker_id == points.worker_id,
                    table.c.version == seen_version,
                )
                .values(**values)
            )
        assert points.changed_at is not None
        # He may have moved to where Monday comes sooner; where it comes later, whoever writes his summary comes again.
        monday = next_summary(points.changed_at, zone=zone_named(points.time_zone) or ZoneInfo("UTC"))
        sooner = (
            sa.update(summary_dates)
            .where(summary_dates.c.tenant_id == points.tenant_id, summary_dates.c.worker_id == points.worker_id)
            .values(due_at=sa.func.least(summary_dates.c.due_at, monday))
        )
        async with transaction(self._engine, tenant_id=points.tenant_id) as connection:
            if (await connection.execute(statement)).rowcount == 0:
                return False
            await connection.execute(sooner)
        return True
