"""Messages by more than one way, gates before providers, opt-outs, letters, weekly summaries, webhooks.

Expands only: every new column has a default or may be empty, so the code before this migration works on after it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "messages",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("item_count", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("provider_reference", sa.Text(), nullable=True),
        sa.Column("receipt", sa.Text(), nullable=True, comment="what the provider said last; it never moves back"),
        sa.Column("receipt_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "receipt IN ('queued', 'sent', 'delivered', 'undelivered', 'failed')", name=op.f("ck_messages_receipt")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "message_id", name=op.f("pk_messages")),
    )
    op.create_index("ix_messages_worker", "messages", ["tenant_id", "worker_id", "begun_at"], unique=False)
    op.create_table(
        "provider_gates",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("tokens", sa.Double(), nullable=False),
        sa.Column("refilled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("limited_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("successes", sa.Integer(), nullable=False),
        sa.Column("openings", sa.Integer(), nullable=False),
        sa.Column("open_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_provider_gates")),
        comment="one row for each provider: it limits and fails for all tenants at once",
    )
    op.create_table(
        "sms_opt_outs",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "phone", name=op.f("pk_sms_opt_outs")),
    )
    op.create_table(
        "summary_dates",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "worker_id", name=op.f("pk_summary_dates")),
        comment="when each supervisor's next weekly summary is due",
    )
    op.create_index("ix_summary_dates_due", "summary_dates", ["due_at"], unique=False)
    op.create_table(
        "letters",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False, comment="one letter of a kind for each occasion and reader"),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="numbers only"),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "letter_id", name=op.f("pk_letters")),
        sa.UniqueConstraint(
            "tenant_id", "kind", "worker_id", "occasion", name=op.f("uq_letters_tenant_id_kind_worker_id_occasion")
        ),
        comment="messages that tell of no single item: weekly summaries, and notices for operators",
    )
    op.create_index(
        "ix_letters_due", "letters", ["next_at"], unique=False, postgresql_where=sa.text("next_at IS NOT NULL")
    )
    op.create_table(
        "webhook_endpoints",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False, comment="whose system this is"),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("event_types", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("pause_code", sa.Text(), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False, comment="of the secret"),
        sa.Column(
            "former_secret_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="until then the generation before signs too",
        ),
        sa.Column("failures", sa.Integer(), nullable=False, comment="in a row"),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "busy_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="called by one worker at a time, and left in peace after failures",
        ),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column(
            "planned_until",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="facts dealt with before that have their calls",
        ),
        sa.Column("contact_worker_id", sa.Uuid(), nullable=True, comment="who is written to when it is paused"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.CheckConstraint("(state = 'paused') = (pause_code IS NOT NULL)", name=op.f("ck_webhook_endpoints_pause")),
        sa.CheckConstraint("state IN ('active', 'paused', 'removed')", name=op.f("ck_webhook_endpoints_state")),
        sa.PrimaryKeyConstraint("tenant_id", "endpoint_id", name=op.f("pk_webhook_endpoints")),
    )
    op.create_table(
        "webhook_calls",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("event_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False, comment="when the fact reached us"),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(next_at IS NULL) = (state IN ('delivered', 'failed', 'cancelled'))", name=op.f("ck_webhook_calls_due")
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'retry', 'delivered', 'failed', 'cancelled')", name=op.f("ck_webhook_calls_state")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "endpoint_id"],
            ["webhook_endpoints.tenant_id", "webhook_endpoints.endpoint_id"],
            name=op.f("fk_webhook_calls_tenant_id_endpoint_id_webhook_endpoints"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "call_id", name=op.f("pk_webhook_calls")),
        sa.UniqueConstraint(
            "tenant_id", "endpoint_id", "event_id", name=op.f("uq_webhook_calls_tenant_id_endpoint_id_event_id")
        ),
    )
    op.create_index(
        "ix_webhook_calls_due",
        "webhook_calls",
        ["tenant_id", "endpoint_id", "next_at"],
        unique=False,
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_index("ix_webhook_calls_endpoint", "webhook_calls", ["tenant_id", "endpoint_id", "call_id"], unique=False)
    op.add_column(
        "deliveries", sa.Column("message_id", sa.Uuid(), nullable=True, comment="the message that told it, or may have")
    )
    op.add_column(
        "deliveries", sa.Column("keeps_channel", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("workers", sa.Column("practice_role", sa.Text(), nullable=True))
    op.add_column("workers", sa.Column("organization_id", sa.Uuid(), nullable=True))
    op.add_column("contact_points", sa.Column("phone", sa.Text(), nullable=True))
    op.add_column("contact_points", sa.Column("sms_on", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column(
        "contact_points",
        sa.Column(
            "channel_order", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{email,sms}'"), nullable=False
        ),
    )
    op.add_column(
        "contact_points", sa.Column("weekly_summary_on", sa.Boolean(), server_default=sa.text("true"), nullable=False)
    )
    op.create_index(
        "ix_deliveries_message",
        "deliveries",
        ["tenant_id", "message_id"],
        unique=False,
        postgresql_where=sa.text("message_id IS NOT NULL"),
    )
    op.create_index("ix_contact_points_phone", "contact_points", ["phone"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_contact_points_phone", table_name="contact_points")
    op.drop_index("ix_deliveries_message", table_name="deliveries")
    for table, columns in {
        "contact_points": ("weekly_summary_on", "channel_order", "sms_on", "phone"),
        "workers": ("organization_id", "practice_role"),
        "deliveries": ("keeps_channel", "message_id"),
    }.items():
        for column in columns:
            op.drop_column(table, column)
    for table in (
        "webhook_calls",
        "webhook_endpoints",
        "letters",
        "summary_dates",
        "sms_opt_outs",
        "provider_gates",
        "messages",
    ):
        op.drop_table(table)
