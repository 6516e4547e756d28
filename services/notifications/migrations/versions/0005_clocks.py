"""An item about an overdue step, and what is sent of it, say which clock they are about.

Both columns are empty at first, so nothing is rewritten; items that are older than this stay without, and referrals is then
asked whether any step is owed, as before. The code before this migration works on after it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.add_column("items", sa.Column("clock_id", sa.Uuid(), nullable=True, comment="of an overdue step: its clock"))
    op.add_column(
        "deliveries",
        sa.Column(
            "clock_id",
            sa.Uuid(),
            nullable=True,
            comment="that of its item: what referrals is asked about before it goes",
        ),
    )
