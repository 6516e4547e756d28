"""Consents with whom they name and how they were revoked, and what was told on their strength."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_STATEMENTS = (
    """
    CREATE TABLE consents (
        tenant_id UUID NOT NULL,
        id UUID NOT NULL,
        version INTEGER NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        person_id UUID NOT NULL,
        organization_id UUID,
        discloser_class TEXT,
        information TEXT[] DEFAULT '{}'::text[] NOT NULL,
        information_text TEXT NOT NULL,
        recipient_class TEXT,
        intermediary_organization_id UUID,
        purposes TEXT[] DEFAULT '{}'::text[] NOT NULL,
        right_to_revoke_acknowledged BOOLEAN NOT NULL,
        revocation_how TEXT NOT NULL,
        expires_at TIMESTAMP WITH TIME ZONE,
        expiry_event TEXT,
        signature_method TEXT NOT NULL,
        signed_by TEXT NOT NULL,
        representative_name TEXT,
        representative_relation TEXT,
        signed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        redisclosure_stated BOOLEAN NOT NULL,
        refusal_consequence_stated BOOLEAN NOT NULL,
        reported_by TEXT NOT NULL,
        by_worker_id UUID,
        CONSTRAINT pk_consents PRIMARY KEY (tenant_id, id),
        CONSTRAINT fk_consents_tenant_id_person_id_people FOREIGN KEY(tenant_id, person_id) REFERENCES people (tenant_id, id),
        CONSTRAINT fk_consents_tenant_id_organization_id_organizations FOREIGN KEY(tenant_id, organization_id) REFERENCES organizations (tenant_id, id),
        CONSTRAINT fk_consents_tenant_id_intermediary_organization_id_orga_5215 FOREIGN KEY(tenant_id, intermediary_organization_id) REFERENCES organizations (tenant_id, id),
        CONSTRAINT ck_consents_discloser CHECK (organization_id IS NOT NULL OR discloser_class IS NOT NULL),
        CONSTRAINT ck_consents_information CHECK (cardinality(information) > 0 AND information_text <> ''),
        CONSTRAINT ck_consents_purposes CHECK (cardinality(purposes) > 0),
        CONSTRAINT ck_consents_right_to_revoke CHECK (right_to_revoke_acknowledged AND revocation_how <> ''),
        CONSTRAINT ck_consents_ending CHECK ((expires_at IS NULL) <> (expiry_event IS NULL)),
        CONSTRAINT ck_consents_endless CHECK (coalesce(expiry_event, '') NOT IN ('none', 'end_of_treatment') OR purposes = ARRAY['treatment_payment_operations']),
        CONSTRAINT ck_consents_representative CHECK (signed_by <> 'representative' OR (representative_name IS NOT NULL AND representative_relation IS NOT NULL))
    )
    """,
    "CREATE INDEX ix_consents_by_person ON consents (tenant_id, person_id, id)",
    """
    CREATE TABLE consent_actors (
        tenant_id UUID NOT NULL,
        consent_id UUID NOT NULL,
        role TEXT NOT NULL,
        organization_id UUID NOT NULL,
        CONSTRAINT pk_consent_actors PRIMARY KEY (tenant_id, consent_id, role, organization_id),
        CONSTRAINT fk_consent_actors_tenant_id_consent_id_consents FOREIGN KEY(tenant_id, consent_id) REFERENCES consents (tenant_id, id),
        CONSTRAINT fk_consent_actors_tenant_id_organization_id_organizations FOREIGN KEY(tenant_id, organization_id) REFERENCES organizations (tenant_id, id),
        CONSTRAINT ck_consent_actors_role CHECK (role IN ('recipient', 'participant'))
    )
    """,
    """
    CREATE TABLE consent_revocations (
        tenant_id UUID NOT NULL,
        consent_id UUID NOT NULL,
        method TEXT NOT NULL,
        reported_by TEXT NOT NULL,
        by_worker_id UUID,
        occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_consent_revocations PRIMARY KEY (tenant_id, consent_id),
        CONSTRAINT fk_consent_revocations_tenant_id_consent_id_consents FOREIGN KEY(tenant_id, consent_id) REFERENCES consents (tenant_id, id)
    )
    """,
    """
    CREATE TABLE disclosures (
        tenant_id UUID NOT NULL,
        consent_id UUID NOT NULL,
        referral_id UUID NOT NULL,
        to_worker_id UUID NOT NULL,
        disclosed_on DATE NOT NULL,
        person_id UUID NOT NULL,
        from_organization_id UUID NOT NULL,
        to_organization_id UUID NOT NULL,
        description TEXT NOT NULL,
        purposes TEXT[] DEFAULT '{}'::text[] NOT NULL,
        occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_disclosures PRIMARY KEY (tenant_id, consent_id, referral_id, to_worker_id, disclosed_on),
        CONSTRAINT fk_disclosures_tenant_id_consent_id_consents FOREIGN KEY(tenant_id, consent_id) REFERENCES consents (tenant_id, id),
        CONSTRAINT fk_disclosures_tenant_id_referral_id_referrals FOREIGN KEY(tenant_id, referral_id) REFERENCES referrals (tenant_id, id),
        CONSTRAINT fk_disclosures_tenant_id_to_worker_id_workers FOREIGN KEY(tenant_id, to_worker_id) REFERENCES workers (tenant_id, id),
        CONSTRAINT fk_disclosures_tenant_id_person_id_people FOREIGN KEY(tenant_id, person_id) REFERENCES people (tenant_id, id),
        CONSTRAINT fk_disclosures_tenant_id_from_organization_id_organizations FOREIGN KEY(tenant_id, from_organization_id) REFERENCES organizations (tenant_id, id),
        CONSTRAINT fk_disclosures_tenant_id_to_organization_id_organizations FOREIGN KEY(tenant_id, to_organization_id) REFERENCES organizations (tenant_id, id)
    )
    """,
    "CREATE INDEX ix_disclosures_by_person ON disclosures (tenant_id, person_id, disclosed_on)",
    """
    CREATE TRIGGER consents_is_append_only BEFORE UPDATE OR DELETE ON consents
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history()
    """,
    """
    CREATE TRIGGER consent_actors_is_append_only BEFORE UPDATE OR DELETE ON consent_actors
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history()
    """,
    """
    CREATE TRIGGER consent_revocations_is_append_only BEFORE UPDATE OR DELETE ON consent_revocations
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history()
    """,
    """
    CREATE TRIGGER disclosures_is_append_only BEFORE UPDATE OR DELETE ON disclosures
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history()
    """,
)


def upgrade() -> None:
    """New tables only: older code goes on working."""
    for statement in _STATEMENTS:
        op.execute(statement)
