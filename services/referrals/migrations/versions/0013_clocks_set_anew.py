"""How often a clock was set anew, so that what is missed anew at the same due time is told as another fact."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A constant default rewrites no row. What older code sets anew counts as it did: by its due time alone."""
    op.execute("ALTER TABLE handoff_milestones ADD COLUMN resets INTEGER DEFAULT 0 NOT NULL")
