"""The sheet of a handoff, and what of it was told on the strength of a consent. Both are only ever added to.

A revision is one row, so that its version is its key: of two who write at once the database lets one through. `said` is
JSON by part, because parts differ in shape and are never searched; the domain knows what may stand in it.
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from services.referrals.adapters.consent_tables import disclosure_columns
from services.referrals.adapters.tables import TENANT, metadata, tenant_key

handoff_sheet_revisions = sa.Table(
    "handoff_sheet_revisions",
    metadata,
    sa.Column(TENANT, sa.Uuid, primary_key=True),
    sa.Column("handoff_id", sa.Uuid, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("id", sa.Uuid, nullable=False),
    sa.Column("said", pg.JSONB, nullable=False),
    sa.Column("by_worker_id", sa.Uuid),
    sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    tenant_key("handoff_id", "handoffs"),
    tenant_key("by_worker_id", "workers"),
    sa.CheckConstraint("version >= 2", name="version"),
)

handoff_disclosures = sa.Table(
    "handoff_disclosures",
    metadata,
    *disclosure_columns("handoff_id", table="handoffs"),
    sa.Index("ix_handoff_disclosures_by_person", TENANT, "person_id", "disclosed_on"),
)
