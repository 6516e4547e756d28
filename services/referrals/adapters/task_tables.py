"""Tasks and their append-only history. A task keeps the facts it was judged by: what was known then."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from services.referrals.adapters.tables import TENANT, codes, identity_columns, metadata, tenant_key

tasks = sa.Table(
    "tasks",
    metadata,
    *identity_columns(),
    sa.Column("programme_id", sa.Uuid, nullable=False),
    sa.Column("person_id", sa.Uuid),
    sa.Column("team_id", sa.Uuid),
    sa.Column("assignee_worker_id", sa.Uuid, nullable=False),
    sa.Column("assigner_worker_id", sa.Uuid, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("details", sa.Text, nullable=False),
    sa.Column("activity", sa.Text),
    sa.Column("responsibility", sa.Text, nullable=False),
    codes("attested_conditions"),
    sa.Column("due_at", sa.DateTime(timezone=True)),
    sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("status_reason", sa.Text),
    # the question to the scope guard, exactly as it was asked
    sa.Column("question", pg.JSONB(none_as_null=True), nullable=False),
    sa.Column("asked_times", sa.Integer, nullable=False),
    sa.Column("ask_again_at", sa.DateTime(timezone=True)),
    sa.Column("undecided_because", sa.Text),
    # its answer; absent while undecided
    sa.Column("decision_id", sa.Uuid),
    sa.Column("verdict", sa.Text),
    sa.Column("decision", pg.JSONB(none_as_null=True)),
    sa.Column("assigned_at", sa.DateTime(timezone=True)),
    sa.Column("review_due_at", sa.DateTime(timezone=True)),
    sa.Column("approved_by_worker_id", sa.Uuid),
    tenant_key("programme_id", "programmes"),
    tenant_key("person_id", "people"),
    tenant_key("team_id", "teams"),
    tenant_key("assignee_worker_id", "workers"),
    tenant_key("assigner_worker_id", "workers"),
    tenant_key("approved_by_worker_id", "workers"),
    # never an assignment without the guard's word, or against it, whatever code runs above this table
    sa.CheckConstraint(
        "status IN ('proposed', 'cancelled') OR (assigned_at IS NOT NULL AND decision_id IS NOT NULL"
        " AND (verdict IN ('within_scope', 'within_scope_with_conditions')"
        " OR (verdict = 'needs_review' AND approved_by_worker_id IS NOT NULL)))",
        name="assigned_only_by_decision",
    ),
    sa.CheckConstraint(
        "approved_by_worker_id NOT IN (assigner_worker_id, assignee_worker_id)", name="approved_by_a_second_person"
    ),
    sa.Index("ix_tasks_by_status", TENANT, "status", "id"),
    sa.Index("ix_tasks_by_assignee", TENANT, "assignee_worker_id", "id"),
    sa.Index("ix_tasks_by_assigner", TENANT, "assigner_worker_id", "id"),
    sa.Index("ix_tasks_by_person", TENANT, "person_id", "id"),
    sa.Index("ix_tasks_to_ask_again", "ask_again_at", postgresql_where=sa.text("ask_again_at IS NOT NULL")),
)

task_history = sa.Table(
    "task_history",
    metadata,
    sa.Column(TENANT, sa.Uuid, primary_key=True),
    sa.Column("task_id", sa.Uuid, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("command", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("by_worker_id", sa.Uuid),
    sa.Column("reason", sa.Text),
    sa.Column("note", sa.Text),
    sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    tenant_key("task_id", "tasks"),
)
