"""Which organisation a person's record is at home in: staff elsewhere read it only with a relation to the person."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_STATEMENTS = (
    "ALTER TABLE people ADD COLUMN home_organization_id UUID",
    """
    ALTER TABLE people ADD CONSTRAINT fk_people_tenant_id_home_organization_id_organizations
    FOREIGN KEY(tenant_id, home_organization_id) REFERENCES organizations (tenant_id, id)
    """,
    # whoever sent, referred or asked something for them first; where nobody did, nobody is at home to them yet
    """
    UPDATE people p SET home_organization_id = coalesce(
      (SELECT w.organization_id FROM transitions t
         JOIN workers w ON w.tenant_id = t.tenant_id AND w.id = coalesce(t.sender_worker_id, t.origin_worker_id)
        WHERE t.tenant_id = p.tenant_id AND t.person_id = p.id ORDER BY t.id LIMIT 1),
      (SELECT q.organization_id FROM referrals r
         JOIN referral_parties q ON q.tenant_id = r.tenant_id AND q.referral_id = r.id AND q.role = 'requester'
        WHERE r.tenant_id = p.tenant_id AND r.person_id = p.id ORDER BY r.id LIMIT 1),
      (SELECT w.organization_id FROM tasks k
         JOIN workers w ON w.tenant_id = k.tenant_id AND w.id = k.assigner_worker_id
        WHERE k.tenant_id = p.tenant_id AND k.person_id = p.id ORDER BY k.id LIMIT 1))
    """,
    "CREATE INDEX ix_people_by_home ON people (tenant_id, home_organization_id, id)",
    # a consent may go over to another record of the same person, and that is all: not even an empty change passes
    """
    CREATE OR REPLACE FUNCTION refuse_change_of_terms() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN
      IF TG_OP = 'UPDATE' AND NEW.person_id <> OLD.person_id
         AND to_jsonb(NEW) - 'person_id' = to_jsonb(OLD) - 'person_id' THEN RETURN NEW; END IF;
      RAISE EXCEPTION 'history is append-only' USING ERRCODE = 'restrict_violation';
    END $$
    """,
)


def upgrade() -> None:
    """Older code adds people without a home; those who send or refer them know them nevertheless."""
    for statement in _STATEMENTS:
        op.execute(statement)
