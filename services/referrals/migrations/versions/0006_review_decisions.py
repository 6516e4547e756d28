"""A second person may approve a task that the scope guard wants reviewed; who did stands on the task."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Wider than before: every row that was allowed stays allowed, so older code goes on working."""
    op.execute("ALTER TABLE tasks ADD COLUMN approved_by_worker_id UUID")
    op.execute(
        "ALTER TABLE tasks ADD CONSTRAINT fk_tasks_tenant_id_approved_by_worker_id_workers"
        " FOREIGN KEY (tenant_id, approved_by_worker_id) REFERENCES workers (tenant_id, id)"
    )
    op.execute(
        "ALTER TABLE tasks ADD CONSTRAINT ck_tasks_approved_by_a_second_person"
        " CHECK (approved_by_worker_id NOT IN (assigner_worker_id, assignee_worker_id))"
    )
    op.execute("ALTER TABLE tasks DROP CONSTRAINT ck_tasks_assigned_only_by_decision")
    op.execute(
        "ALTER TABLE tasks ADD CONSTRAINT ck_tasks_assigned_only_by_decision"
        " CHECK (status IN ('proposed', 'cancelled') OR (assigned_at IS NOT NULL AND decision_id IS NOT NULL"
        " AND (verdict IN ('within_scope', 'within_scope_with_conditions')"
        " OR (verdict = 'needs_review' AND approved_by_worker_id IS NOT NULL))))"
    )
