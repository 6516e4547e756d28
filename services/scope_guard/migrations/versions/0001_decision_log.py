"""Decisions, their erasable words, boundary events, the heads of the chains, and the outbox."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "chain_heads",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("link", postgresql.BYTEA(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_chain_heads")),
    )
    op.create_table(
        "decision_texts",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("words", postgresql.BYTEA(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "decision_id", name=op.f("pk_decision_texts")),
    )
    op.create_table(
        "decisions",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.Text(), nullable=False),
        sa.Column("practice_role", sa.Text(), nullable=False),
        sa.Column("activity", sa.Text(), nullable=True),
        sa.Column("responsibility", sa.Text(), nullable=False),
        sa.Column("assigner_worker_id", sa.Uuid(), nullable=True),
        sa.Column("assigner_role", sa.Text(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("programme_id", sa.Uuid(), nullable=True),
        sa.Column("rule_ids", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column("result", postgresql.JSONB(), nullable=False),
        sa.Column("text_digest", sa.Text(), nullable=False),
        sa.Column("input_digest", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("chain_position", sa.BigInteger(), nullable=True),
        sa.Column("chain_link", postgresql.BYTEA(), nullable=True),
        sa.CheckConstraint("(chain_position IS NULL) = (chain_link IS NULL)", name=op.f("ck_decisions_sealed_whole")),
        sa.PrimaryKeyConstraint("tenant_id", "decision_id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("tenant_id", "request_id", name=op.f("uq_decisions_tenant_id_request_id")),
    )
    op.create_index(
        "ix_decisions_unsealed",
        "decisions",
        ["tenant_id", "recorded_at", "decision_id"],
        unique=False,
        postgresql_where=sa.text("chain_position IS NULL"),
    )
    op.create_index(
        "uq_decisions_chain_position",
        "decisions",
        ["tenant_id", "chain_position"],
        unique=True,
        postgresql_where=sa.text("chain_position IS NOT NULL"),
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
        "boundary_events",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("boundary_event_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("practice_role", sa.Text(), nullable=False),
        sa.Column("assigner_worker_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("programme_id", sa.Uuid(), nullable=True),
        sa.Column("rule_ids", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("activity", sa.Text(), nullable=True),
        sa.Column("setting", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "decision_id"],
            ["decisions.tenant_id", "decisions.decision_id"],
            name=op.f("fk_boundary_events_tenant_id_decision_id_decisions"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "boundary_event_id", name=op.f("pk_boundary_events")),
        sa.UniqueConstraint("tenant_id", "decision_id", name=op.f("uq_boundary_events_tenant_id_decision_id")),
    )
    op.create_index(
        "ix_boundary_events_assigner",
        "boundary_events",
        ["tenant_id", "assigner_worker_id", "occurred_at", "boundary_event_id"],
        unique=False,
    )
    op.create_index(
        "ix_boundary_events_team",
        "boundary_events",
        ["tenant_id", "team_id", "occurred_at", "boundary_event_id"],
        unique=False,
    )
    op.create_index(
        "ix_boundary_events_when", "boundary_events", ["tenant_id", "occurred_at", "boundary_event_id"], unique=False
    )
