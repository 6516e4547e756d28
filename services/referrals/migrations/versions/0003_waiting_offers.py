"""An index by which the sweep finds offers that waited too long."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create it."""
    op.execute("CREATE INDEX ix_handoff_offers_waiting ON handoff_offers (respond_by) WHERE status = 'open'")
