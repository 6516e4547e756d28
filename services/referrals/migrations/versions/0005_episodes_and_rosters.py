"""What other systems tell of episodes, joined records of people, rosters and absences, calendars and milestone windows."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TABLES = (
    """
    CREATE TABLE on_call_shifts (
        tenant_id UUID NOT NULL,
        id UUID NOT NULL,
        version INTEGER NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        programme_id UUID NOT NULL,
        worker_id UUID NOT NULL,
        duty TEXT NOT NULL,
        starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
        ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_on_call_shifts PRIMARY KEY (tenant_id, id),
        CONSTRAINT fk_on_call_shifts_tenant_id_programme_id_programmes FOREIGN KEY(tenant_id, programme_id)
            REFERENCES programmes (tenant_id, id),
        CONSTRAINT fk_on_call_shifts_tenant_id_worker_id_workers FOREIGN KEY(tenant_id, worker_id)
            REFERENCES workers (tenant_id, id),
        CONSTRAINT ck_on_call_shifts_duty CHECK (duty IN ('peer', 'duty_owner')),
        CONSTRAINT ck_on_call_shifts_ends_after_it_starts CHECK (starts_at < ends_at)
    )
    """,
    """
    CREATE INDEX ix_on_call_shifts_by_programme ON on_call_shifts (tenant_id, programme_id, ends_at)
    """,
    """
    CREATE TABLE worker_absences (
        tenant_id UUID NOT NULL,
        id UUID NOT NULL,
        version INTEGER NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        worker_id UUID NOT NULL,
        starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
        ends_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_worker_absences PRIMARY KEY (tenant_id, id),
        CONSTRAINT fk_worker_absences_tenant_id_worker_id_workers FOREIGN KEY(tenant_id, worker_id)
            REFERENCES workers (tenant_id, id),
        CONSTRAINT ck_worker_absences_ends_after_it_starts CHECK (ends_at IS NULL OR starts_at < ends_at)
    )
    """,
    """
    CREATE INDEX ix_worker_absences_by_worker ON worker_absences (tenant_id, worker_id, ends_at)
    """,
    """
    CREATE TABLE source_facts (
        tenant_id UUID NOT NULL,
        source_key TEXT NOT NULL,
        digest TEXT NOT NULL,
        kind TEXT NOT NULL,
        person_id UUID NOT NULL,
        programme_id UUID NOT NULL,
        event_at TIMESTAMP WITH TIME ZONE NOT NULL,
        sequence BIGINT,
        moment TIMESTAMP WITH TIME ZONE,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_source_facts PRIMARY KEY (tenant_id, source_key, digest),
        CONSTRAINT fk_source_facts_tenant_id_person_id_people FOREIGN KEY(tenant_id, person_id)
            REFERENCES people (tenant_id, id),
        CONSTRAINT fk_source_facts_tenant_id_programme_id_programmes FOREIGN KEY(tenant_id, programme_id)
            REFERENCES programmes (tenant_id, id)
    )
    """,
    """
    CREATE INDEX ix_source_facts_by_person ON source_facts (tenant_id, person_id)
    """,
    """
    CREATE TABLE person_aliases (
        tenant_id UUID NOT NULL,
        merged_person_id UUID NOT NULL,
        person_id UUID NOT NULL,
        event_at TIMESTAMP WITH TIME ZONE NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_person_aliases PRIMARY KEY (tenant_id, merged_person_id, person_id),
        CONSTRAINT fk_person_aliases_tenant_id_merged_person_id_people FOREIGN KEY(tenant_id, merged_person_id)
            REFERENCES people (tenant_id, id),
        CONSTRAINT fk_person_aliases_tenant_id_person_id_people FOREIGN KEY(tenant_id, person_id)
            REFERENCES people (tenant_id, id),
        CONSTRAINT ck_person_aliases_two_people CHECK (merged_person_id <> person_id)
    )
    """,
    """
    CREATE INDEX ix_person_aliases_by_person ON person_aliases (tenant_id, person_id)
    """,
    """
    CREATE TABLE episodes (
        tenant_id UUID NOT NULL,
        source_key TEXT NOT NULL,
        person_id UUID NOT NULL,
        stands TEXT NOT NULL,
        moment TIMESTAMP WITH TIME ZONE,
        transition_id UUID,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_episodes PRIMARY KEY (tenant_id, source_key),
        CONSTRAINT fk_episodes_tenant_id_person_id_people FOREIGN KEY(tenant_id, person_id)
            REFERENCES people (tenant_id, id),
        CONSTRAINT fk_episodes_tenant_id_transition_id_transitions FOREIGN KEY(tenant_id, transition_id)
            REFERENCES transitions (tenant_id, id),
        CONSTRAINT ck_episodes_stands CHECK (stands IN ('nothing', 'planned', 'discharged', 'readmitted', 'died'))
    )
    """,
    """
    CREATE INDEX ix_episodes_by_person ON episodes (tenant_id, person_id)
    """,
    """
    CREATE INDEX ix_episodes_by_transition ON episodes (tenant_id, transition_id)
    """,
)

_COLUMNS = (
    "ALTER TABLE programmes ADD COLUMN calendar_code TEXT DEFAULT 'always_open' NOT NULL",
    "ALTER TABLE handoff_milestones ADD COLUMN opens_at TIMESTAMP WITH TIME ZONE",
    "ALTER TABLE handoff_milestones ADD COLUMN escalate_to TEXT",
)

_APPEND_ONLY = tuple(
    f"""
    CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history()
    """
    for table in ("source_facts", "person_aliases")
)


def upgrade() -> None:
    """Create them. Programmes that are there already stay open around the clock, as they were."""
    for statement in (*_TABLES, *_COLUMNS, *_APPEND_ONLY):
        op.execute(statement)
