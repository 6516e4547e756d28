"""An index by which the sweep finds what a death has left open."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create it: of the few episodes that ended with a death."""
    op.execute("CREATE INDEX ix_episodes_of_the_dead ON episodes (tenant_id, person_id) WHERE stands = 'died'")
