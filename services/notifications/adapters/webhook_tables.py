"""Tables of what other systems are told. No secret is kept: see `domain/signatures.py`."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from services.notifications.adapters.schema import INSTANT, metadata

webhook_endpoints = sa.Table(
    "webhook_endpoints",
    metadata,
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("endpoint_id", sa.Uuid, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("organization_id", sa.Uuid, nullable=False, comment="whose system this is"),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("event_types", ARRAY(sa.Text), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("pause_code", sa.Text),
    sa.Column("generation", sa.Integer, nullable=False, comment="of the secret"),
    sa.Column("former_secret_until", INSTANT, comment="until then the generation before signs too"),
    sa.Column("failures", sa.Integer, nullable=False, comment="in a row"),
    sa.Column("failing_since", INSTANT),
    sa.Column("busy_until", INSTANT, comment="called by one worker at a time, and left in peace after failures"),
    sa.Column("lease_token", sa.Uuid),
    sa.Column("planned_until", INSTANT, nullable=False, comment="facts dealt with before that have their calls"),
    sa.Column("contact_worker_id", sa.Uuid, comment="who is written to when it is paused"),
    sa.Column("created_at", INSTANT, nullable=False),
    sa.Column("changed_at", INSTANT, nullable=False),
    sa.Column("changed_by", sa.Text, nullable=False),
    sa.PrimaryKeyConstraint("tenant_id", "endpoint_id"),
    sa.CheckConstraint("state IN ('active', 'paused', 'removed')", name="state"),
    sa.CheckConstraint("(state = 'paused') = (pause_code IS NOT NULL)", name="pause"),
)

webhook_calls = sa.Table(
    "webhook_calls",
    metadata,
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("call_id", sa.Uuid, nullable=False),
    sa.Column("endpoint_id", sa.Uuid, nullable=False),
    sa.Column("event_id", sa.Uuid, nullable=False),
    sa.Column("event_type", sa.Text, nullable=False),
    sa.Column("subject_id", sa.Uuid, nullable=False),
    sa.Column("told_at", INSTANT, nullable=False, comment="when the fact reached us"),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("code", sa.Text),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_at", INSTANT),
    sa.Column("created_at", INSTANT, nullable=False),
    sa.Column("changed_at", INSTANT, nullable=False),
    sa.PrimaryKeyConstraint("tenant_id", "call_id"),
    sa.UniqueConstraint("tenant_id", "endpoint_id", "event_id"),
    sa.ForeignKeyConstraint(
        ["tenant_id", "endpoint_id"], ["webhook_endpoints.tenant_id", "webhook_endpoints.endpoint_id"]
    ),
    sa.CheckConstraint("state IN ('planned', 'retry', 'delivered', 'failed', 'cancelled')", name="state"),
    sa.CheckConstraint("(next_at IS NULL) = (state IN ('delivered', 'failed', 'cancelled'))", name="due"),
    sa.Index("ix_webhook_calls_endpoint", "tenant_id", "endpoint_id", "call_id"),
)
sa.Index(
    "ix_webhook_calls_due",
    webhook_calls.c.tenant_id,
    webhook_calls.c.endpoint_id,
    webhook_calls.c.next_at,
    postgresql_where=webhook_calls.c.next_at.is_not(None),
)
