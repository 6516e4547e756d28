"""The tables of notifications. `tenant_id` is in every key."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.notifications.adapters.message_tables import (
    claim_links,
    letters,
    messages,
    provider_gates,
    sms_opt_outs,
    summary_dates,
)
from services.notifications.adapters.schema import INSTANT as _INSTANT
from services.notifications.adapters.schema import metadata
from services.notifications.adapters.webhook_tables import webhook_calls, webhook_endpoints
from shared.inbox import inbox_table
from shared.outbox import outbox_table

__all__ = [
    "claim_links",
    "contact_points",
    "deliveries",
    "event_inbox",
    "items",
    "letters",
    "messages",
    "metadata",
    "outbox",
    "provider_gates",
    "sms_opt_outs",
    "stories",
    "summary_dates",
    "webhook_calls",
    "webhook_endpoints",
    "workers",
]

event_inbox = inbox_table(metadata)
outbox = outbox_table(metadata)

stories = sa.Table(
    "stories",
    metadata,
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("story_kind", sa.Text, nullable=False),
    sa.Column("story_id", sa.Uuid, nullable=False),
    sa.Column("facts", JSONB, nullable=False, comment="fact key -> fact; a set, whatever order it came in"),
    sa.Column("changed_at", _INSTANT, nullable=False),
    sa.PrimaryKeyConstraint("tenant_id", "story_kind", "story_id"),
)

items = sa.Table(
    "items",
    metadata,
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("item_id", sa.Uuid, nullable=False),
    sa.Column("story_kind", sa.Text, nullable=False),
    sa.Column("story_id", sa.Uuid, nullable=False),
    sa.Column("subject_kind", sa.Text, nullable=False),
    sa.Column("subject_id", sa.Uuid, nullable=False),
    sa.Column("subject_version", sa.BigInteger, nullable=False, comment="of a clock: seconds since 1970"),
    sa.Column("worker_id", sa.Uuid, nullable=False),
    sa.Column("occasion", sa.Integer, nullable=False, comment="offer number, or the version of a task's assignment"),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("ladder", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("created_at", _INSTANT, nullable=False),
    sa.Column("respond_by", _INSTANT),
    sa.Column("opened_at", _INSTANT),
    sa.Column("seen_at", _INSTANT),
    sa.Column("ended_version", sa.BigInteger),
    sa.Column("ended_reason", sa.Text),
    sa.Column("exhausted_at", _INSTANT),
    sa.Column("clock_id", sa.Uuid, comment="of an overdue step: its clock"),
    sa.PrimaryKeyConstraint("tenant_id", "item_id"),
    sa.UniqueConstraint(
        "tenant_id", "subject_kind", "subject_id", "worker_id", "occasion", "kind", name="uq_items_telling"
    ),
    sa.CheckConstraint("state IN ('pending', 'open', 'closed', 'hidden')", name="state"),
    sa.CheckConstraint("state <> 'open' OR (opened_at IS NOT NULL AND ended_version IS NULL)", name="open_is_not_over"),
    sa.Index("ix_items_story", "tenant_id", "story_kind", "story_id"),
    sa.Index("ix_items_inbox", "tenant_id", "worker_id", "state", "item_id"),
)
sa.Index(
    "ix_items_unanswered",
    items.c.respond_by,
    postgresql_where=sa.and_(
        items.c.respond_by.is_not(None), items.c.ended_version.is_(None), items.c.exhausted_at.is_(None)
    ),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("delivery_id", sa.Uuid, nullable=False),
    sa.Column("item_id", sa.Uuid, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("worker_id", sa.Uuid, nullable=False),
    sa.Column("subject_kind", sa.Text, nullable=False),
    sa.Column("subject_id", sa.Uuid, nullable=False),
    sa.Column("ladder", sa.Text, nullable=False),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("urgent", sa.Boolean, nullable=False),
    sa.Column("due_at", _INSTANT, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("code", sa.Text, comment="why, for every state that has a reason"),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_at", _INSTANT, comment="when to look again: due, retry, or end of lease; empty when final"),
    sa.Column("lease_token", sa.Uuid),
    sa.Column("message_id", sa.Uuid, comment="the message that told it, or may have"),
    sa.Column("keeps_channel", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("created_at", _INSTANT, nullable=False),
    sa.Column("changed_at", _INSTANT, nullable=False),
    sa.Column("clock_id", sa.Uuid, comment="that of its item: what referrals is asked about before it goes"),
    sa.PrimaryKeyConstraint("tenant_id", "delivery_id"),
    sa.UniqueConstraint("tenant_id", "item_id", "step"),
    sa.ForeignKeyConstraint(["tenant_id", "item_id"], ["items.tenant_id", "items.item_id"]),
    sa.CheckConstraint(
        "state IN ('planned', 'leased', 'retry', 'delivered', 'suppressed', 'failed', 'cancelled')", name="state"
    ),
    sa.CheckConstraint("(next_at IS NULL) = (state IN ('delivered', 'suppressed', 'failed', 'cancelled'))", name="due"),
    sa.CheckConstraint("state IN ('planned', 'leased', 'delivered') OR code IS NOT NULL", name="reason"),
    sa.Index("ix_deliveries_state", "tenant_id", "state", "delivery_id"),
    sa.Index("ix_deliveries_subject", "tenant_id", "subject_id", "delivery_id"),
    sa.Index("ix_deliveries_worker", "tenant_id", "worker_id", "delivery_id"),
)
sa.Index(
    "ix_deliveries_due",
    deliveries.c.channel,
    deliveries.c.next_at,
    postgresql_where=deliveries.c.next_at.is_not(None),
)
sa.Index(
    "ix_deliveries_message",
    deliveries.c.tenant_id,
    deliveries.c.message_id,
    postgresql_where=deliveries.c.message_id.is_not(None),
)

workers = sa.Table(
    "workers",
    metadata,
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("worker_id", sa.Uuid, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("practice_role", sa.Text),
    sa.Column("organization_id", sa.Uuid),
    sa.PrimaryKeyConstraint("tenant_id", "worker_id"),
    comment="projection of referrals' workers",
)

contact_points = sa.Table(
    "contact_points",
    metadata,
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("worker_id", sa.Uuid, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("email", sa.Text),
    sa.Column("email_on", sa.Boolean, nullable=False),
    sa.Column("quiet_start", sa.Time),
    sa.Column("quiet_end", sa.Time),
    sa.Column("time_zone", sa.Text, nullable=False),
    sa.Column("urgent_passes_quiet_hours", sa.Boolean, nullable=False),
    sa.Column("phone", sa.Text),
    sa.Column("sms_on", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("channel_order", ARRAY(sa.Text), nullable=False, server_default=sa.text("'{email,sms}'")),
    sa.Column("weekly_summary_on", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("changed_at", _INSTANT, nullable=False),
    sa.Column("changed_by", sa.Text, nullable=False),
    sa.PrimaryKeyConstraint("tenant_id", "worker_id"),
    sa.CheckConstraint("(quiet_start IS NULL) = (quiet_end IS NULL)", name="quiet_hours"),
    # STOP comes from a number and names no tenant.
    sa.Index("ix_contact_points_phone", "phone"),
)
