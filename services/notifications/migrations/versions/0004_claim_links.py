"""Links in messages, and versions of clocks that outgrow four bytes in 2038.

The two columns of `items` are written anew, once for both and last of all, which locks the table for as long as its size
takes. Where somebody else holds it this gives up soon: whoever comes after a lock that waits has to wait behind it. The
code before this migration works on after it. How to run it is in `docs/operations.md`, "Upgrade".
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "claim_links",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column(
            "digest", sa.Text(), nullable=False, comment="SHA-256 of the token; the token itself is in the message only"
        ),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "digest", name=op.f("pk_claim_links")),
        comment="links in messages: one worker, one item, one use",
    )
    op.create_index("ix_claim_links_expired", "claim_links", ["expires_at"], unique=False)
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("ALTER TABLE items ALTER COLUMN subject_version TYPE bigint, ALTER COLUMN ended_version TYPE bigint")
    op.execute("COMMENT ON COLUMN items.subject_version IS 'of a clock: seconds since 1970'")
