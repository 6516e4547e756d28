"""What matching knows beside the directory: what peers share of their own lives, what people asked for, who knows whom, and room.

`lived_experience` is read in two places only: its owner's own page, and a yes or no inside the matching statement.
"""

import sqlalchemy as sa

from services.referrals.adapters.tables import TENANT, codes, identity_columns, metadata, tenant_key


def _recorded_at() -> sa.Column[object]:
    return sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False)


lived_experience = sa.Table(
    "lived_experience",
    metadata,
    sa.Column(TENANT, sa.Uuid, primary_key=True),
    sa.Column("worker_id", sa.Uuid, primary_key=True),
    codes("codes"),
    sa.Column("use_for_matching", sa.Boolean, nullable=False),
    _recorded_at(),
    tenant_key("worker_id", "workers"),
)

person_wishes = sa.Table(
    "person_wishes",
    metadata,
    sa.Column(TENANT, sa.Uuid, primary_key=True),
    sa.Column("person_id", sa.Uuid, primary_key=True),
    codes("codes"),
    sa.Column("recorded_by_worker_id", sa.Uuid),
    _recorded_at(),
    tenant_key("person_id", "people"),
    tenant_key("recorded_by_worker_id", "workers"),
)

dual_relationships = sa.Table(
    "dual_relationships",
    metadata,
    *identity_columns(),
    sa.Column("worker_id", sa.Uuid, nullable=False),
    sa.Column("person_id", sa.Uuid, nullable=False),
    sa.Column("programme_id", sa.Uuid, nullable=False),
    sa.Column("declared_by_worker_id", sa.Uuid, nullable=False),
    sa.Column("ended_at", sa.DateTime(timezone=True)),
    tenant_key("worker_id", "workers"),
    tenant_key("person_id", "people"),
    tenant_key("programme_id", "programmes"),
    tenant_key("declared_by_worker_id", "workers"),
    sa.Index("ix_dual_relationships_by_worker", TENANT, "worker_id", "person_id"),
    sa.Index("ix_dual_relationships_by_programme", TENANT, "programme_id", "id"),
)

capacity_terms = sa.Table(
    "capacity_terms",
    metadata,
    *identity_columns(),
    sa.Column("programme_id", sa.Uuid, nullable=False),
    sa.Column("effective_from", sa.Date, nullable=False),
    sa.Column("caseload", sa.Integer),
    sa.Column("waitlist", sa.Boolean, nullable=False),
    sa.Column("assessment_first", sa.Boolean, nullable=False),
    sa.Column("supervision_must_be_current", sa.Boolean, nullable=False),
    tenant_key("programme_id", "programmes"),
    sa.UniqueConstraint(TENANT, "programme_id", "effective_from"),
    sa.CheckConstraint("caseload >= 0", name="caseload_is_a_number_of_people"),
)
