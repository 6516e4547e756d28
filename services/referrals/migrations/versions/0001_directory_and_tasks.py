"""The directory, tasks and their history, and the tables of outbox, inbox and idempotency."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TABLES = (
    """
    CREATE TABLE event_inbox (
        tenant_id UUID NOT NULL,
        event_id UUID NOT NULL,
        type TEXT NOT NULL,
        payload TEXT NOT NULL,
        received_at TIMESTAMP WITH TIME ZONE NOT NULL,
        available_at TIMESTAMP WITH TIME ZONE NOT NULL,
        state TEXT DEFAULT 'pending' NOT NULL,
        attempts INTEGER DEFAULT '0' NOT NULL,
        last_error TEXT,
        processed_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_event_inbox PRIMARY KEY (tenant_id, event_id),
        CONSTRAINT ck_event_inbox_state CHECK (state IN ('pending', 'processed', 'ignored', 'quarantined'))
    )
    """,
    """
    CREATE INDEX ix_event_inbox_done ON event_inbox (processed_at) WHERE state IN ('processed', 'ignored')
    """,
    """
    CREATE INDEX ix_event_inbox_waiting ON event_inbox (available_at, event_id) WHERE state = 'pending'
    """,
    """
    CREATE TABLE idempotency_keys (
        tenant_id UUID NOT NULL,
        caller TEXT NOT NULL,
        route TEXT NOT NULL,
        key TEXT NOT NULL,
        body_digest TEXT NOT NULL,
        status SMALLINT NOT NULL,
        body TEXT NOT NULL,
        etag TEXT,
        recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        CONSTRAINT pk_idempotency_keys PRIMARY KEY (tenant_id, caller, route, key)
    )
    """,
    """
    CREATE INDEX ix_idempotency_keys_recorded_at ON idempotency_keys (recorded_at)
    """,
    """
    CREATE TABLE organizations (
        tenant_id UUID NOT NULL,
        id UUID NOT NULL,
        version INTEGER NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        name TEXT NOT NULL,
        active BOOLEAN NOT NULL,
        CONSTRAINT pk_organizations PRIMARY KEY (tenant_id, id)
    )
    """,
    """
    CREATE TABLE outbox (
        tenant_id UUID NOT NULL,
        event_id UUID NOT NULL,
        consumer TEXT NOT NULL,
        type TEXT NOT NULL,
        subject TEXT NOT NULL,
        payload TEXT NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        available_at TIMESTAMP WITH TIME ZONE NOT NULL,
        lease_token UUID,
        attempts INTEGER DEFAULT '0' NOT NULL,
        last_error TEXT,
        done_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_outbox PRIMARY KEY (tenant_id, event_id, consumer)
    )
    """,
    """
    CREATE INDEX ix_outbox_done ON outbox (done_at) WHERE done_at IS NOT NULL
    """,
    """
    CREATE INDEX ix_outbox_leased ON outbox (lease_token) WHERE done_at IS NULL
    """,
    """
    CREATE INDEX ix_outbox_waiting ON outbox (consumer, available_at, event_id) WHERE done_at IS NULL
    """,
    """
    CREATE TABLE people (
        tenant_id UUID NOT NULL,
        id UUID NOT NULL,
        version INTEGER NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        given_name TEXT NOT NULL,
        family_name TEXT NOT NULL,
        preferred_name TEXT,
        pronouns TEXT,
        birth_date DATE,
        language TEXT NOT NULL,
        contact_preference TEXT NOT NULL,
        CONSTRAINT pk_people PRIMARY KEY (tenant_id, id)
    )
    """,
    """
    CREATE TABLE teams (
        tenant_id UUID NOT NULL,
        id UUID NOT NULL,
        version INTEGER NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        organization_id UUID NOT NULL,
        name TEXT NOT NULL,
        CONSTRAINT pk_teams PRIMARY KEY (tenant_id, id),
        CONSTRAINT fk_teams_tenant_id_organization_id_organizations FOREIGN KEY(tenant_id, organization_id) REFERENCES organizations (tenant_id, id)
    )
    """,
    """
    CREATE TABLE workers (
        tenant_id UUID NOT NULL,
        id UUID NOT NULL,
        version INTEGER NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        organization_id UUID NOT NULL,
        display_name TEXT NOT NULL,
        practice_role TEXT NOT NULL,
        languages TEXT[] DEFAULT '{}'::text[] NOT NULL,
        active BOOLEAN NOT NULL,
        last_supervised_on DATE,
        supervision_cadence_days INTEGER,
        CONSTRAINT pk_workers PRIMARY KEY (tenant_id, id),
        CONSTRAINT fk_workers_tenant_id_organization_id_organizations FOREIGN KEY(tenant_id, organization_id) REFERENCES organizations (tenant_id, id)
    )
    """,
    """
    CREATE INDEX ix_workers_by_organization ON workers (tenant_id, organization_id, practice_role) WHERE active
    """,
    """
    CREATE TABLE credentials (
        tenant_id UUID NOT NULL,
        id UUID NOT NULL,
        version INTEGER NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        worker_id UUID NOT NULL,
        issuer TEXT NOT NULL,
        number TEXT NOT NULL,
        jurisdiction TEXT NOT NULL,
        endorsement TEXT,
        stage TEXT NOT NULL,
        issued_on DATE NOT NULL,
        expires_on DATE,
        suspended_on DATE,
        CONSTRAINT pk_credentials PRIMARY KEY (tenant_id, id),
        CONSTRAINT fk_credentials_tenant_id_worker_id_workers FOREIGN KEY(tenant_id, worker_id) REFERENCES workers (tenant_id, id),
        CONSTRAINT uq_credentials_tenant_id_issuer_number UNIQUE (tenant_id, issuer, number)
    )
    """,
    """
    CREATE INDEX ix_credentials_by_worker ON credentials (tenant_id, worker_id)
    """,
    """
    CREATE TABLE programmes (
        tenant_id UUID NOT NULL,
        id UUID NOT NULL,
        version INTEGER NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        organization_id UUID NOT NULL,
        name TEXT NOT NULL,
        setting TEXT NOT NULL,
        jurisdiction TEXT NOT NULL,
        time_zone TEXT NOT NULL,
        integration_model TEXT NOT NULL,
        duty_owner_worker_id UUID NOT NULL,
        protocol_code TEXT NOT NULL,
        policy_flags TEXT[] DEFAULT '{}'::text[] NOT NULL,
        active BOOLEAN NOT NULL,
        CONSTRAINT pk_programmes PRIMARY KEY (tenant_id, id),
        CONSTRAINT fk_programmes_tenant_id_organization_id_organizations FOREIGN KEY(tenant_id, organization_id) REFERENCES organizations (tenant_id, id),
        CONSTRAINT fk_programmes_tenant_id_duty_owner_worker_id_workers FOREIGN KEY(tenant_id, duty_owner_worker_id) REFERENCES workers (tenant_id, id)
    )
    """,
    """
    CREATE TABLE team_members (
        tenant_id UUID NOT NULL,
        team_id UUID NOT NULL,
        worker_id UUID NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_team_members PRIMARY KEY (tenant_id, team_id, worker_id),
        CONSTRAINT fk_team_members_tenant_id_team_id_teams FOREIGN KEY(tenant_id, team_id) REFERENCES teams (tenant_id, id),
        CONSTRAINT fk_team_members_tenant_id_worker_id_workers FOREIGN KEY(tenant_id, worker_id) REFERENCES workers (tenant_id, id)
    )
    """,
    """
    CREATE INDEX ix_team_members_by_worker ON team_members (tenant_id, worker_id)
    """,
    """
    CREATE TABLE tasks (
        tenant_id UUID NOT NULL,
        id UUID NOT NULL,
        version INTEGER NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        programme_id UUID NOT NULL,
        person_id UUID,
        team_id UUID,
        assignee_worker_id UUID NOT NULL,
        assigner_worker_id UUID NOT NULL,
        title TEXT NOT NULL,
        details TEXT NOT NULL,
        activity TEXT,
        responsibility TEXT NOT NULL,
        attested_conditions TEXT[] DEFAULT '{}'::text[] NOT NULL,
        due_at TIMESTAMP WITH TIME ZONE,
        occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
        status TEXT NOT NULL,
        status_reason TEXT,
        question JSONB NOT NULL,
        asked_times INTEGER NOT NULL,
        ask_again_at TIMESTAMP WITH TIME ZONE,
        undecided_because TEXT,
        decision_id UUID,
        verdict TEXT,
        decision JSONB,
        assigned_at TIMESTAMP WITH TIME ZONE,
        review_due_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_tasks PRIMARY KEY (tenant_id, id),
        CONSTRAINT fk_tasks_tenant_id_programme_id_programmes FOREIGN KEY(tenant_id, programme_id) REFERENCES programmes (tenant_id, id),
        CONSTRAINT fk_tasks_tenant_id_person_id_people FOREIGN KEY(tenant_id, person_id) REFERENCES people (tenant_id, id),
        CONSTRAINT fk_tasks_tenant_id_team_id_teams FOREIGN KEY(tenant_id, team_id) REFERENCES teams (tenant_id, id),
        CONSTRAINT fk_tasks_tenant_id_assignee_worker_id_workers FOREIGN KEY(tenant_id, assignee_worker_id) REFERENCES workers (tenant_id, id),
        CONSTRAINT fk_tasks_tenant_id_assigner_worker_id_workers FOREIGN KEY(tenant_id, assigner_worker_id) REFERENCES workers (tenant_id, id),
        CONSTRAINT ck_tasks_assigned_only_by_decision CHECK (status IN ('proposed', 'cancelled') OR (assigned_at IS NOT NULL AND decision_id IS NOT NULL AND verdict IN ('within_scope', 'within_scope_with_conditions')))
    )
    """,
    """
    CREATE INDEX ix_tasks_by_assignee ON tasks (tenant_id, assignee_worker_id, id)
    """,
    """
    CREATE INDEX ix_tasks_by_assigner ON tasks (tenant_id, assigner_worker_id, id)
    """,
    """
    CREATE INDEX ix_tasks_by_person ON tasks (tenant_id, person_id, id)
    """,
    """
    CREATE INDEX ix_tasks_by_status ON tasks (tenant_id, status, id)
    """,
    """
    CREATE INDEX ix_tasks_to_ask_again ON tasks (ask_again_at) WHERE ask_again_at IS NOT NULL
    """,
    """
    CREATE TABLE task_history (
        tenant_id UUID NOT NULL,
        task_id UUID NOT NULL,
        version INTEGER NOT NULL,
        command TEXT NOT NULL,
        status TEXT NOT NULL,
        by_worker_id UUID,
        reason TEXT,
        note TEXT,
        occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_task_history PRIMARY KEY (tenant_id, task_id, version),
        CONSTRAINT fk_task_history_tenant_id_task_id_tasks FOREIGN KEY(tenant_id, task_id) REFERENCES tasks (tenant_id, id)
    )
    """,
)

_APPEND_ONLY = """
    CREATE FUNCTION refuse_change_of_history() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'history is append-only' USING ERRCODE = 'restrict_violation'; END $$
"""

_NO_CHANGE = """
    CREATE TRIGGER task_history_is_append_only BEFORE UPDATE OR DELETE ON task_history
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history()
"""


def upgrade() -> None:
    """Create everything; later migrations expand it."""
    for statement in (*_TABLES, _APPEND_ONLY, _NO_CHANGE):
        op.execute(statement)
