"""Referrals with their parties, history and texts, and the clinical backup of programmes."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TABLES = (
    """
    CREATE TABLE referrals (
        tenant_id UUID NOT NULL,
        id UUID NOT NULL,
        version INTEGER NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        programme_id UUID NOT NULL,
        model TEXT NOT NULL,
        person_id UUID NOT NULL,
        need TEXT NOT NULL,
        kind TEXT NOT NULL,
        priority TEXT NOT NULL,
        reported_by TEXT NOT NULL,
        occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
        asks_activity TEXT,
        asks_text TEXT NOT NULL,
        asks_responsibility TEXT NOT NULL,
        asks_attested_conditions TEXT[] DEFAULT '{}'::text[] NOT NULL,
        asks_decision_id UUID,
        asks_policy_version TEXT,
        status TEXT NOT NULL,
        status_reason TEXT,
        business_status TEXT NOT NULL,
        scheduled_at TIMESTAMP WITH TIME ZONE,
        closing_word TEXT,
        closed_by TEXT,
        what_next TEXT,
        offer_again_at TIMESTAMP WITH TIME ZONE,
        transition_id UUID,
        part_of UUID,
        parent_follows BOOLEAN NOT NULL,
        follows UUID,
        follows_because TEXT,
        duplicate_of UUID,
        deidentified BOOLEAN NOT NULL,
        respond_by TIMESTAMP WITH TIME ZONE,
        overdue_after TIMESTAMP WITH TIME ZONE,
        overdue_at TIMESTAMP WITH TIME ZONE,
        accepted_at TIMESTAMP WITH TIME ZONE,
        ended_at TIMESTAMP WITH TIME ZONE,
        introduce_by TIMESTAMP WITH TIME ZONE,
        introduced_at TIMESTAMP WITH TIME ZONE,
        goodbye_by TIMESTAMP WITH TIME ZONE,
        goodbye_at TIMESTAMP WITH TIME ZONE,
        person_word TEXT,
        person_word_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_referrals PRIMARY KEY (tenant_id, id),
        CONSTRAINT fk_referrals_tenant_id_programme_id_programmes FOREIGN KEY(tenant_id, programme_id) REFERENCES programmes (tenant_id, id),
        CONSTRAINT fk_referrals_tenant_id_person_id_people FOREIGN KEY(tenant_id, person_id) REFERENCES people (tenant_id, id),
        CONSTRAINT fk_referrals_tenant_id_transition_id_transitions FOREIGN KEY(tenant_id, transition_id) REFERENCES transitions (tenant_id, id),
        CONSTRAINT fk_referrals_tenant_id_part_of_referrals FOREIGN KEY(tenant_id, part_of) REFERENCES referrals (tenant_id, id),
        CONSTRAINT fk_referrals_tenant_id_follows_referrals FOREIGN KEY(tenant_id, follows) REFERENCES referrals (tenant_id, id),
        CONSTRAINT fk_referrals_tenant_id_duplicate_of_referrals FOREIGN KEY(tenant_id, duplicate_of) REFERENCES referrals (tenant_id, id),
        CONSTRAINT ck_referrals_status CHECK (status IN ('draft', 'requested', 'accepted', 'rejected', 'in_progress', 'on_hold', 'completed', 'failed', 'cancelled', 'entered_in_error')),
        CONSTRAINT ck_referrals_ended_at CHECK ((status IN ('draft', 'requested', 'accepted', 'in_progress', 'on_hold')) = (ended_at IS NULL)),
        CONSTRAINT ck_referrals_accepted_at CHECK (status NOT IN ('accepted', 'in_progress', 'on_hold', 'completed', 'failed') OR accepted_at IS NOT NULL),
        CONSTRAINT ck_referrals_reason CHECK (status NOT IN ('rejected', 'cancelled', 'on_hold') OR status_reason IS NOT NULL),
        CONSTRAINT ck_referrals_closing_word CHECK (status NOT IN ('completed', 'failed') OR closing_word IS NOT NULL OR status_reason IS NOT NULL),
        CONSTRAINT ck_referrals_respond_by CHECK (status = 'draft' OR status = 'entered_in_error' OR respond_by IS NOT NULL),
        CONSTRAINT ck_referrals_not_part_of_itself CHECK (part_of IS NULL OR part_of <> id)
    )
    """,
    """
    CREATE INDEX ix_referrals_by_parent ON referrals (tenant_id, part_of) WHERE part_of IS NOT NULL
    """,
    """
    CREATE INDEX ix_referrals_by_person ON referrals (tenant_id, person_id, id)
    """,
    """
    CREATE INDEX ix_referrals_by_status ON referrals (tenant_id, status, id)
    """,
    """
    CREATE INDEX ix_referrals_open_needs ON referrals (tenant_id, person_id, need, id) WHERE status IN ('draft', 'requested', 'accepted', 'in_progress', 'on_hold')
    """,
    """
    CREATE INDEX ix_referrals_overdue ON referrals (overdue_after) WHERE status = 'requested' AND overdue_at IS NULL
    """,
    """
    CREATE INDEX ix_referrals_to_offer_again ON referrals (tenant_id, offer_again_at, id) WHERE offer_again_at IS NOT NULL
    """,
    """
    CREATE INDEX ix_referrals_waiting ON referrals (tenant_id, respond_by, id) WHERE status = 'requested'
    """,
    """
    CREATE TABLE referral_parties (
        tenant_id UUID NOT NULL,
        referral_id UUID NOT NULL,
        role TEXT NOT NULL,
        organization_id UUID NOT NULL,
        worker_id UUID,
        team_id UUID,
        CONSTRAINT pk_referral_parties PRIMARY KEY (tenant_id, referral_id, role),
        CONSTRAINT fk_referral_parties_tenant_id_referral_id_referrals FOREIGN KEY(tenant_id, referral_id) REFERENCES referrals (tenant_id, id),
        CONSTRAINT fk_referral_parties_tenant_id_organization_id_organizations FOREIGN KEY(tenant_id, organization_id) REFERENCES organizations (tenant_id, id),
        CONSTRAINT fk_referral_parties_tenant_id_worker_id_workers FOREIGN KEY(tenant_id, worker_id) REFERENCES workers (tenant_id, id),
        CONSTRAINT fk_referral_parties_tenant_id_team_id_teams FOREIGN KEY(tenant_id, team_id) REFERENCES teams (tenant_id, id),
        CONSTRAINT ck_referral_parties_role CHECK (role IN ('requester', 'recipient', 'intermediary', 'clinical_backup')),
        CONSTRAINT ck_referral_parties_somebody CHECK (worker_id IS NOT NULL OR team_id IS NOT NULL)
    )
    """,
    """
    CREATE INDEX ix_referral_parties_by_organization ON referral_parties (tenant_id, organization_id, referral_id)
    """,
    """
    CREATE INDEX ix_referral_parties_by_team ON referral_parties (tenant_id, team_id, referral_id) WHERE team_id IS NOT NULL
    """,
    """
    CREATE INDEX ix_referral_parties_by_worker ON referral_parties (tenant_id, worker_id, referral_id, role) WHERE worker_id IS NOT NULL
    """,
    """
    CREATE TABLE referral_history (
        tenant_id UUID NOT NULL,
        referral_id UUID NOT NULL,
        version INTEGER NOT NULL,
        command TEXT NOT NULL,
        status TEXT NOT NULL,
        business_status TEXT NOT NULL,
        by_worker_id UUID,
        reason TEXT,
        reported_by TEXT NOT NULL,
        occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_referral_history PRIMARY KEY (tenant_id, referral_id, version),
        CONSTRAINT fk_referral_history_tenant_id_referral_id_referrals FOREIGN KEY(tenant_id, referral_id) REFERENCES referrals (tenant_id, id)
    )
    """,
    """
    CREATE TABLE referral_notes (
        tenant_id UUID NOT NULL,
        referral_id UUID NOT NULL,
        id UUID NOT NULL,
        kind TEXT NOT NULL,
        text TEXT NOT NULL,
        by_worker_id UUID,
        reported_by TEXT NOT NULL,
        occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_referral_notes PRIMARY KEY (tenant_id, referral_id, id),
        CONSTRAINT fk_referral_notes_tenant_id_referral_id_referrals FOREIGN KEY(tenant_id, referral_id) REFERENCES referrals (tenant_id, id)
    )
    """,
    """
    CREATE TABLE clinical_backups (
        tenant_id UUID NOT NULL,
        programme_id UUID NOT NULL,
        team_id UUID NOT NULL,
        worker_id UUID NOT NULL,
        by_worker_id UUID,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_clinical_backups PRIMARY KEY (tenant_id, programme_id),
        CONSTRAINT fk_clinical_backups_tenant_id_programme_id_programmes FOREIGN KEY(tenant_id, programme_id) REFERENCES programmes (tenant_id, id),
        CONSTRAINT fk_clinical_backups_tenant_id_team_id_teams FOREIGN KEY(tenant_id, team_id) REFERENCES teams (tenant_id, id),
        CONSTRAINT fk_clinical_backups_tenant_id_worker_id_workers FOREIGN KEY(tenant_id, worker_id) REFERENCES workers (tenant_id, id)
    )
    """,
)

_APPEND_ONLY = """
    CREATE TRIGGER referral_history_is_append_only BEFORE UPDATE OR DELETE ON referral_history
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history()
"""


def upgrade() -> None:
    """Create them."""
    for statement in (*_TABLES, _APPEND_ONLY):
        op.execute(statement)
