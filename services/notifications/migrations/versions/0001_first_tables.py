"""Stories, items, deliveries, contact points, and the tables of inbox and outbox."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contact_points",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("email_on", sa.Boolean(), nullable=False),
        sa.Column("quiet_start", sa.Time(), nullable=True),
        sa.Column("quiet_end", sa.Time(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("urgent_passes_quiet_hours", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.CheckConstraint("(quiet_start IS NULL) = (quiet_end IS NULL)", name=op.f("ck_contact_points_quiet_hours")),
        sa.PrimaryKeyConstraint("tenant_id", "worker_id", name=op.f("pk_contact_points")),
    )
    op.create_table(
        "event_inbox",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("available_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("processed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'processed', 'ignored', 'quarantined')", name=op.f("ck_event_inbox_state")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "event_id", name=op.f("pk_event_inbox")),
    )
    op.create_index(
        "ix_event_inbox_done",
        "event_inbox",
        ["processed_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('processed', 'ignored')"),
    )
    op.create_index(
        "ix_event_inbox_waiting",
        "event_inbox",
        ["available_at", "event_id"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_table(
        "items",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("story_kind", sa.Text(), nullable=False),
        sa.Column("story_id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("subject_version", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column(
            "occasion", sa.Integer(), nullable=False, comment="offer number, or the version of a task's assignment"
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ladder", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("respond_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_version", sa.Integer(), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.Column("exhausted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state <> 'open' OR (opened_at IS NOT NULL AND ended_version IS NULL)",
            name=op.f("ck_items_open_is_not_over"),
        ),
        sa.CheckConstraint("state IN ('pending', 'open', 'closed', 'hidden')", name=op.f("ck_items_state")),
        sa.PrimaryKeyConstraint("tenant_id", "item_id", name=op.f("pk_items")),
        sa.UniqueConstraint(
            "tenant_id", "subject_kind", "subject_id", "worker_id", "occasion", "kind", name="uq_items_telling"
        ),
    )
    op.create_index("ix_items_inbox", "items", ["tenant_id", "worker_id", "state", "item_id"], unique=False)
    op.create_index("ix_items_story", "items", ["tenant_id", "story_kind", "story_id"], unique=False)
    op.create_index(
        "ix_items_unanswered",
        "items",
        ["respond_by"],
        unique=False,
        postgresql_where=sa.text("respond_by IS NOT NULL AND ended_version IS NULL AND exhausted_at IS NULL"),
    )
    op.create_table(
        "outbox",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("consumer", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("available_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "event_id", "consumer", name=op.f("pk_outbox")),
    )
    op.create_index(
        "ix_outbox_done", "outbox", ["done_at"], unique=False, postgresql_where=sa.text("done_at IS NOT NULL")
    )
    op.create_index(
        "ix_outbox_leased", "outbox", ["lease_token"], unique=False, postgresql_where=sa.text("done_at IS NULL")
    )
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["consumer", "available_at", "event_id"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "stories",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("story_kind", sa.Text(), nullable=False),
        sa.Column("story_id", sa.Uuid(), nullable=False),
        sa.Column(
            "facts",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="fact key -> fact; a set, whatever order it came in",
        ),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "story_kind", "story_id", name=op.f("pk_stories")),
    )
    op.create_table(
        "workers",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "worker_id", name=op.f("pk_workers")),
        comment="projection of referrals' workers",
    )
    op.create_table(
        "deliveries",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("ladder", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True, comment="why, for every state that has a reason"),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "next_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when to look again: due, retry, or end of lease; empty when final",
        ),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(next_at IS NULL) = (state IN ('delivered', 'suppressed', 'failed', 'cancelled'))",
            name=op.f("ck_deliveries_due"),
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'leased', 'delivered') OR code IS NOT NULL", name=op.f("ck_deliveries_reason")
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'leased', 'retry', 'delivered', 'suppressed', 'failed', 'cancelled')",
            name=op.f("ck_deliveries_state"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "item_id"],
            ["items.tenant_id", "items.item_id"],
            name=op.f("fk_deliveries_tenant_id_item_id_items"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "delivery_id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("tenant_id", "item_id", "step", name=op.f("uq_deliveries_tenant_id_item_id_step")),
    )
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["channel", "next_at"],
        unique=False,
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_index("ix_deliveries_state", "deliveries", ["tenant_id", "state", "delivery_id"], unique=False)
    op.create_index("ix_deliveries_subject", "deliveries", ["tenant_id", "subject_id", "delivery_id"], unique=False)
    op.create_index("ix_deliveries_worker", "deliveries", ["tenant_id", "worker_id", "delivery_id"], unique=False)


def downgrade() -> None:
    op.drop_table("deliveries")
    op.drop_table("workers")
    op.drop_table("stories")
    op.drop_table("outbox")
    op.drop_table("items")
    op.drop_table("event_inbox")
    op.drop_table("contact_points")
