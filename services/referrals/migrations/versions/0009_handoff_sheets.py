"""The sheet of a handoff with what was told of it by consent, and the line that a programme's people may call."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_STATEMENTS = (
    "ALTER TABLE programmes ADD COLUMN help_line TEXT",
    """
    CREATE TABLE handoff_sheet_revisions (
        tenant_id UUID NOT NULL,
        handoff_id UUID NOT NULL,
        version INTEGER NOT NULL,
        id UUID NOT NULL,
        said JSONB NOT NULL,
        by_worker_id UUID,
        occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_handoff_sheet_revisions PRIMARY KEY (tenant_id, handoff_id, version),
        CONSTRAINT fk_handoff_sheet_revisions_tenant_id_handoff_id_handoffs FOREIGN KEY(tenant_id, handoff_id) REFERENCES handoffs (tenant_id, id),
        CONSTRAINT fk_handoff_sheet_revisions_tenant_id_by_worker_id_workers FOREIGN KEY(tenant_id, by_worker_id) REFERENCES workers (tenant_id, id),
        CONSTRAINT ck_handoff_sheet_revisions_version CHECK (version >= 2)
    )
    """,
    """
    CREATE TABLE handoff_disclosures (
        tenant_id UUID NOT NULL,
        consent_id UUID NOT NULL,
        handoff_id UUID NOT NULL,
        to_worker_id UUID NOT NULL,
        disclosed_on DATE NOT NULL,
        person_id UUID NOT NULL,
        from_organization_id UUID NOT NULL,
        to_organization_id UUID NOT NULL,
        description TEXT NOT NULL,
        purposes TEXT[] DEFAULT '{}'::text[] NOT NULL,
        occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_handoff_disclosures PRIMARY KEY (tenant_id, consent_id, handoff_id, to_worker_id, disclosed_on),
        CONSTRAINT fk_handoff_disclosures_tenant_id_consent_id_consents FOREIGN KEY(tenant_id, consent_id) REFERENCES consents (tenant_id, id),
        CONSTRAINT fk_handoff_disclosures_tenant_id_handoff_id_handoffs FOREIGN KEY(tenant_id, handoff_id) REFERENCES handoffs (tenant_id, id),
        CONSTRAINT fk_handoff_disclosures_tenant_id_to_worker_id_workers FOREIGN KEY(tenant_id, to_worker_id) REFERENCES workers (tenant_id, id),
        CONSTRAINT fk_handoff_disclosures_tenant_id_person_id_people FOREIGN KEY(tenant_id, person_id) REFERENCES people (tenant_id, id),
        CONSTRAINT fk_handoff_disclosures_tenant_id_from_organization_id_o_7f86 FOREIGN KEY(tenant_id, from_organization_id) REFERENCES organizations (tenant_id, id),
        CONSTRAINT fk_handoff_disclosures_tenant_id_to_organization_id_org_c433 FOREIGN KEY(tenant_id, to_organization_id) REFERENCES organizations (tenant_id, id)
    )
    """,
    "CREATE INDEX ix_handoff_disclosures_by_person ON handoff_disclosures (tenant_id, person_id, disclosed_on)",
    """
    CREATE TRIGGER handoff_sheet_revisions_is_append_only BEFORE UPDATE OR DELETE ON handoff_sheet_revisions
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history()
    """,
    """
    CREATE TRIGGER handoff_disclosures_is_append_only BEFORE UPDATE OR DELETE ON handoff_disclosures
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history()
    """,
)


def upgrade() -> None:
    """A column that older code leaves empty, and new tables: it goes on working."""
    for statement in _STATEMENTS:
        op.execute(statement)
