"""The directory's tables, and the metadata that every table of this service hangs on.

Primary keys begin with the tenant, and so do foreign keys: a row cannot point into another tenant.
`schema.py` gathers all tables of the service, those of `*_tables.py` beside this file included.
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from shared.database import new_metadata
from shared.idempotency import idempotency_table
from shared.inbox import inbox_table
from shared.outbox import outbox_table

metadata = new_metadata()
outbox = outbox_table(metadata)
inbox = inbox_table(metadata)
idempotency = idempotency_table(metadata)

TENANT = "tenant_id"
_NO_CODES = sa.text("'{}'::text[]")


def tenant_key(column: str, target: str, *, target_column: str = "id") -> sa.ForeignKeyConstraint:
    """A foreign key that stays inside the tenant."""
    return sa.ForeignKeyConstraint([TENANT, column], [f"{target}.{TENANT}", f"{target}.{target_column}"])


def identity_columns() -> tuple[sa.Column[object], ...]:
    """What every aggregate begins with: its tenant, its id, its version and when the row was first written."""
    return (
        sa.Column(TENANT, sa.Uuid, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    )


def codes(name: str) -> sa.Column[list[str]]:
    """A set of codes kept in one column."""
    return sa.Column(name, pg.ARRAY(sa.Text), nullable=False, server_default=_NO_CODES)


organizations = sa.Table(
    "organizations",
    metadata,
    *identity_columns(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
)

workers = sa.Table(
    "workers",
    metadata,
    *identity_columns(),
    sa.Column("organization_id", sa.Uuid, nullable=False),
    sa.Column("display_name", sa.Text, nullable=False),
    sa.Column("practice_role", sa.Text, nullable=False),
    codes("languages"),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("last_supervised_on", sa.Date),
    sa.Column("supervision_cadence_days", sa.Integer),
    tenant_key("organization_id", "organizations"),
    sa.Index(
        "ix_workers_by_organization", TENANT, "organization_id", "practice_role", postgresql_where=sa.text("active")
    ),
)

programmes = sa.Table(
    "programmes",
    metadata,
    *identity_columns(),
    sa.Column("organization_id", sa.Uuid, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("setting", sa.Text, nullable=False),
    sa.Column("jurisdiction", sa.Text, nullable=False),
    sa.Column("time_zone", sa.Text, nullable=False),
    sa.Column("integration_model", sa.Text, nullable=False),
    sa.Column("duty_owner_worker_id", sa.Uuid, nullable=False),
    sa.Column("protocol_code", sa.Text, nullable=False),
    codes("policy_flags"),
    sa.Column("calendar_code", sa.Text, nullable=False, server_default="always_open"),
    sa.Column("help_line", sa.Text),
    sa.Column("active", sa.Boolean, nullable=False),
    tenant_key("organization_id", "organizations"),
    tenant_key("duty_owner_worker_id", "workers"),
)

people = sa.Table(
    "people",
    metadata,
    *identity_columns(),
    sa.Column("given_name", sa.Text, nullable=False),
    sa.Column("family_name", sa.Text, nullable=False),
    sa.Column("preferred_name", sa.Text),
    sa.Column("pronouns", sa.Text),
    sa.Column("birth_date", sa.Date),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("contact_preference", sa.Text, nullable=False),
    sa.Column("home_organization_id", sa.Uuid),
    tenant_key("home_organization_id", "organizations"),
    sa.Index("ix_people_by_home", TENANT, "home_organization_id", "id"),
)

credentials = sa.Table(
    "credentials",
    metadata,
    *identity_columns(),
    sa.Column("worker_id", sa.Uuid, nullable=False),
    sa.Column("issuer", sa.Text, nullable=False),
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("jurisdiction", sa.Text, nullable=False),
    sa.Column("endorsement", sa.Text),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("issued_on", sa.Date, nullable=False),
    sa.Column("expires_on", sa.Date),
    sa.Column("suspended_on", sa.Date),
    tenant_key("worker_id", "workers"),
    sa.UniqueConstraint(TENANT, "issuer", "number"),
    sa.Index("ix_credentials_by_worker", TENANT, "worker_id"),
)

teams = sa.Table(
    "teams",
    metadata,
    *identity_columns(),
    sa.Column("organization_id", sa.Uuid, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    tenant_key("organization_id", "organizations"),
)

team_members = sa.Table(
    "team_members",
    metadata,
    sa.Column(TENANT, sa.Uuid, primary_key=True),
    sa.Column("team_id", sa.Uuid, primary_key=True),
    sa.Column("worker_id", sa.Uuid, primary_key=True),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    tenant_key("team_id", "teams"),
    tenant_key("worker_id", "workers"),
    sa.Index("ix_team_members_by_worker", TENANT, "worker_id"),
)
