"""Who is on duty for a programme and when, and who is away."""

import sqlalchemy as sa

from services.referrals.adapters.tables import TENANT, identity_columns, metadata, tenant_key


def _instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


on_call_shifts = sa.Table(
    "on_call_shifts",
    metadata,
    *identity_columns(),
    sa.Column("programme_id", sa.Uuid, nullable=False),
    sa.Column("worker_id", sa.Uuid, nullable=False),
    sa.Column("duty", sa.Text, nullable=False),
    _instant("starts_at"),
    _instant("ends_at"),
    tenant_key("programme_id", "programmes"),
    tenant_key("worker_id", "workers"),
    sa.CheckConstraint("duty IN ('peer', 'duty_owner')", name="duty"),
    sa.CheckConstraint("starts_at < ends_at", name="ends_after_it_starts"),
    sa.Index("ix_on_call_shifts_by_programme", TENANT, "programme_id", "ends_at"),
)

worker_absences = sa.Table(
    "worker_absences",
    metadata,
    *identity_columns(),
    sa.Column("worker_id", sa.Uuid, nullable=False),
    _instant("starts_at"),
    _instant("ends_at", nullable=True),
    tenant_key("worker_id", "workers"),
    sa.CheckConstraint("ends_at IS NULL OR starts_at < ends_at", name="ends_after_it_starts"),
    sa.Index("ix_worker_absences_by_worker", TENANT, "worker_id", "ends_at"),
)
