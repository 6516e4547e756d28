"""Who is on duty now, as parts of other statements: the roster first, the programme's own duty owner after it."""

from typing import Any

import sqlalchemy as sa

from services.referrals.adapters.roster_tables import on_call_shifts, worker_absences
from services.referrals.adapters.tables import workers
from services.referrals.domain.roster import Duty


def on_duty(programmes: sa.FromClause) -> sa.ColumnElement[Any]:
    """The worker on call for a programme at this statement's time; of several, whoever began last has taken over."""
    shift = on_call_shifts
    on_call = (
        sa.select(shift.c.worker_id)
        .join(workers, sa.and_(workers.c.tenant_id == shift.c.tenant_id, workers.c.id == shift.c.worker_id))
        .where(
            shift.c.tenant_id == programmes.c.tenant_id,
            shift.c.programme_id == programmes.c.id,
            shift.c.duty == Duty.DUTY_OWNER.value,
            is_now(shift),
            is_there(workers),
        )
        .order_by(shift.c.starts_at.desc(), shift.c.id.desc())
        .limit(1)
        .correlate(programmes)
        .scalar_subquery()
    )
    return sa.func.coalesce(on_call, programmes.c.duty_owner_worker_id)


def is_now(shift: sa.FromClause) -> sa.ColumnElement[bool]:
    """Whether a shift or an absence has begun and is not over; without an end it is not."""
    over = sa.or_(shift.c.ends_at.is_(None), shift.c.ends_at > sa.func.now())
    return sa.and_(shift.c.starts_at <= sa.func.now(), over)


def is_there(worker: sa.FromClause) -> sa.ColumnElement[bool]:
    """Whether a worker has not left and is not away."""
    away = (
        sa.exists()
        .where(
            worker_absences.c.tenant_id == worker.c.tenant_id,
            worker_absences.c.worker_id == worker.c.id,
            is_now(worker_absences),
        )
        .correlate(worker)
    )
    return sa.and_(worker.c.active, sa.not_(away))
