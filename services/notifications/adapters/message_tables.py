"""Tables of what leaves the house for one worker: messages, letters, the gates before providers, and numbers that said STOP."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from services.notifications.adapters.schema import INSTANT, metadata

messages = sa.Table(
    "messages",
    metadata,
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("message_id", sa.Uuid, nullable=False),
    sa.Column("worker_id", sa.Uuid, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("item_count", sa.Integer, nullable=False),
    sa.Column("begun_at", INSTANT, nullable=False),
    sa.Column("provider_reference", sa.Text),
    sa.Column("receipt", sa.Text, comment="what the provider said last; it never moves back"),
    sa.Column("receipt_at", INSTANT),
    sa.PrimaryKeyConstraint("tenant_id", "message_id"),
    sa.CheckConstraint("receipt IN ('queued', 'sent', 'delivered', 'undelivered', 'failed')", name="receipt"),
    sa.Index("ix_messages_worker", "tenant_id", "worker_id", "begun_at"),
)

provider_gates = sa.Table(
    "provider_gates",
    metadata,
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("tokens", sa.Double, nullable=False),
    sa.Column("refilled_at", INSTANT, nullable=False),
    sa.Column("limited_until", INSTANT),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("successes", sa.Integer, nullable=False),
    sa.Column("openings", sa.Integer, nullable=False),
    sa.Column("open_until", INSTANT),
    sa.Column("changed_at", INSTANT),
    comment="one row for each provider: it limits and fails for all tenants at once",
)

sms_opt_outs = sa.Table(
    "sms_opt_outs",
    metadata,
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("phone", sa.Text, nullable=False),
    sa.Column("stopped_at", INSTANT, nullable=False),
    sa.PrimaryKeyConstraint("tenant_id", "phone"),
)

summary_dates = sa.Table(
    "summary_dates",
    metadata,
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("worker_id", sa.Uuid, nullable=False),
    sa.Column("due_at", INSTANT, nullable=False),
    sa.PrimaryKeyConstraint("tenant_id", "worker_id"),
    sa.Index("ix_summary_dates_due", "due_at"),
    comment="when each supervisor's next weekly summary is due",
)

claim_links = sa.Table(
    "claim_links",
    metadata,
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column(
        "digest", sa.Text, nullable=False, comment="SHA-256 of the token; the token itself is in the message only"
    ),
    sa.Column("worker_id", sa.Uuid, nullable=False),
    sa.Column("item_id", sa.Uuid, nullable=False),
    sa.Column("created_at", INSTANT, nullable=False),
    sa.Column("expires_at", INSTANT, nullable=False),
    sa.Column("used_at", INSTANT),
    sa.PrimaryKeyConstraint("tenant_id", "digest"),
    sa.Index("ix_claim_links_expired", "expires_at"),
    comment="links in messages: one worker, one item, one use",
)

letters = sa.Table(
    "letters",
    metadata,
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("letter_id", sa.Uuid, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("occasion", sa.Text, nullable=False, comment="one letter of a kind for each occasion and reader"),
    sa.Column("worker_id", sa.Uuid, nullable=False),
    sa.Column("counts", JSONB, nullable=False, comment="numbers only"),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("code", sa.Text),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_at", INSTANT),
    sa.Column("lease_token", sa.Uuid),
    sa.Column("created_at", INSTANT, nullable=False),
    sa.Column("changed_at", INSTANT, nullable=False),
    sa.PrimaryKeyConstraint("tenant_id", "letter_id"),
    sa.UniqueConstraint("tenant_id", "kind", "worker_id", "occasion"),
    comment="messages that tell of no single item: weekly summaries, and notices for operators",
)
sa.Index("ix_letters_due", letters.c.next_at, postgresql_where=letters.c.next_at.is_not(None))
