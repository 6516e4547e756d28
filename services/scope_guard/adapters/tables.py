"""The scope guard's tables. Every one carries the tenant, and every unique key begins with it."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, JSONB

from shared.database import new_metadata
from shared.outbox import outbox_table

metadata = new_metadata()

_INSTANT = sa.DateTime(timezone=True)

decisions = sa.Table(
    "decisions",
    metadata,
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("decision_id", sa.Uuid, nullable=False),
    sa.Column("request_id", sa.Uuid, nullable=False),
    sa.Column("verdict", sa.Text, nullable=False),
    sa.Column("policy_version", sa.Text, nullable=False),
    sa.Column("practice_role", sa.Text, nullable=False),
    sa.Column("activity", sa.Text),
    sa.Column("responsibility", sa.Text, nullable=False),
    sa.Column("assigner_worker_id", sa.Uuid),
    sa.Column("assigner_role", sa.Text),
    sa.Column("team_id", sa.Uuid),
    sa.Column("programme_id", sa.Uuid),
    sa.Column("rule_ids", ARRAY(sa.Text), nullable=False),
    sa.Column("facts", JSONB, nullable=False),
    sa.Column("result", JSONB, nullable=False),
    sa.Column("text_digest", sa.Text, nullable=False),
    sa.Column("input_digest", sa.Text, nullable=False),
    sa.Column("occurred_at", _INSTANT, nullable=False),
    sa.Column("decided_at", _INSTANT, nullable=False),
    sa.Column("recorded_at", _INSTANT, nullable=False),
    # Filled in by the sealer, and no part of what it seals.
    sa.Column("chain_position", sa.BigInteger),
    sa.Column("chain_link", BYTEA),
    sa.PrimaryKeyConstraint("tenant_id", "decision_id"),
    sa.UniqueConstraint("tenant_id", "request_id"),
    sa.CheckConstraint("(chain_position IS NULL) = (chain_link IS NULL)", name="sealed_whole"),
)
sa.Index(
    "uq_decisions_chain_position",
    decisions.c.tenant_id,
    decisions.c.chain_position,
    unique=True,
    postgresql_where=decisions.c.chain_position.is_not(None),
)
sa.Index(
    "ix_decisions_unsealed",
    decisions.c.tenant_id,
    decisions.c.recorded_at,
    decisions.c.decision_id,
    postgresql_where=decisions.c.chain_position.is_(None),
)

decision_texts = sa.Table(
    "decision_texts",
    metadata,
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("decision_id", sa.Uuid, nullable=False),
    # JSON as bytes: replay is byte-exact, and neither text nor jsonb can hold every character that people paste.
    sa.Column("words", BYTEA, nullable=False),
    # No foreign key: the one statement that writes these rows writes the decision too, and it is on the hot path.
    sa.PrimaryKeyConstraint("tenant_id", "decision_id"),
)

boundary_events = sa.Table(
    "boundary_events",
    metadata,
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("boundary_event_id", sa.Uuid, nullable=False),
    sa.Column("decision_id", sa.Uuid, nullable=False),
    sa.Column("practice_role", sa.Text, nullable=False),
    sa.Column("assigner_worker_id", sa.Uuid),
    sa.Column("team_id", sa.Uuid),
    sa.Column("programme_id", sa.Uuid),
    sa.Column("rule_ids", ARRAY(sa.Text), nullable=False),
    sa.Column("activity", sa.Text),
    sa.Column("setting", sa.Text, nullable=False),
    sa.Column("occurred_at", _INSTANT, nullable=False),
    sa.Column("recorded_at", _INSTANT, nullable=False),
    sa.PrimaryKeyConstraint("tenant_id", "boundary_event_id"),
    sa.UniqueConstraint("tenant_id", "decision_id"),
    sa.ForeignKeyConstraint(["tenant_id", "decision_id"], ["decisions.tenant_id", "decisions.decision_id"]),
)
for _name, _columns in {
    "ix_boundary_events_when": (),
    "ix_boundary_events_team": (boundary_events.c.team_id,),
    "ix_boundary_events_assigner": (boundary_events.c.assigner_worker_id,),
}.items():
    sa.Index(
        _name,
        boundary_events.c.tenant_id,
        *_columns,
        boundary_events.c.occurred_at,
        boundary_events.c.boundary_event_id,
    )

chain_heads = sa.Table(
    "chain_heads",
    metadata,
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("link", BYTEA, nullable=False),
    sa.Column("sealed_at", _INSTANT, nullable=False),
    sa.PrimaryKeyConstraint("tenant_id"),
)

outbox = outbox_table(metadata)
