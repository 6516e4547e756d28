"""What goes between organisations says who it is about by a consent only, whatever the model: also what is under way."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Older code reads the flag in the same way: it only hides more."""
    op.execute(
        """
        UPDATE referrals r SET deidentified = true
        WHERE NOT r.deidentified AND r.kind <> 'crisis_bridge' AND EXISTS (
            SELECT FROM referral_parties asking JOIN referral_parties other
              ON other.tenant_id = asking.tenant_id AND other.referral_id = asking.referral_id
            WHERE asking.tenant_id = r.tenant_id AND asking.referral_id = r.id AND asking.role = 'requester'
              AND other.organization_id <> asking.organization_id)
        """
    )
