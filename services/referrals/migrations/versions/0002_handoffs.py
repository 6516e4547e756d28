"""Transitions with an unbreakable custody history, handoffs, offers, milestones and timelines."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TABLES = (
    """
    CREATE TABLE transitions (
        tenant_id UUID NOT NULL,
        id UUID NOT NULL,
        version INTEGER NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        person_id UUID NOT NULL,
        programme_id UUID NOT NULL,
        visit_reference TEXT NOT NULL,
        status TEXT NOT NULL,
        origin_worker_id UUID NOT NULL,
        sender_worker_id UUID,
        owner_worker_id UUID NOT NULL,
        custody_sequence INTEGER NOT NULL,
        custody_since TIMESTAMP WITH TIME ZONE NOT NULL,
        protocol_code TEXT NOT NULL,
        protocol_version TEXT NOT NULL,
        expected_at TIMESTAMP WITH TIME ZONE,
        discharged_at TIMESTAMP WITH TIME ZONE,
        loop_closed_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_transitions PRIMARY KEY (tenant_id, id),
        CONSTRAINT fk_transitions_tenant_id_person_id_people FOREIGN KEY(tenant_id, person_id)
            REFERENCES people (tenant_id, id),
        CONSTRAINT fk_transitions_tenant_id_programme_id_programmes FOREIGN KEY(tenant_id, programme_id)
            REFERENCES programmes (tenant_id, id),
        CONSTRAINT fk_transitions_tenant_id_origin_worker_id_workers FOREIGN KEY(tenant_id, origin_worker_id)
            REFERENCES workers (tenant_id, id),
        CONSTRAINT fk_transitions_tenant_id_sender_worker_id_workers FOREIGN KEY(tenant_id, sender_worker_id)
            REFERENCES workers (tenant_id, id),
        CONSTRAINT fk_transitions_tenant_id_owner_worker_id_workers FOREIGN KEY(tenant_id, owner_worker_id)
            REFERENCES workers (tenant_id, id),
        CONSTRAINT ck_transitions_status CHECK (status IN ('planned', 'discharged', 'retracted', 'cancelled')),
        CONSTRAINT ck_transitions_discharged_at CHECK (status <> 'discharged' OR discharged_at IS NOT NULL)
    )
    """,
    """
    CREATE INDEX ix_transitions_by_owner ON transitions (tenant_id, owner_worker_id, id)
    """,
    """
    CREATE INDEX ix_transitions_by_person ON transitions (tenant_id, person_id, id)
    """,
    """
    CREATE INDEX ix_transitions_by_status ON transitions (tenant_id, status, id)
    """,
    """
    CREATE UNIQUE INDEX uq_transitions_open_visit
        ON transitions (tenant_id, person_id, programme_id, visit_reference)
        WHERE status IN ('planned', 'discharged') AND loop_closed_at IS NULL
    """,
    """
    CREATE TABLE custody_history (
        tenant_id UUID NOT NULL,
        transition_id UUID NOT NULL,
        sequence INTEGER NOT NULL,
        worker_id UUID NOT NULL,
        previous_sequence INTEGER,
        from_worker_id UUID,
        cause TEXT NOT NULL,
        by_worker_id UUID,
        occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_custody_history PRIMARY KEY (tenant_id, transition_id, sequence),
        CONSTRAINT fk_custody_history_tenant_id_transition_id_transitions FOREIGN KEY(tenant_id, transition_id)
            REFERENCES transitions (tenant_id, id),
        CONSTRAINT fk_custody_history_tenant_id_worker_id_workers FOREIGN KEY(tenant_id, worker_id)
            REFERENCES workers (tenant_id, id),
        CONSTRAINT uq_custody_history_owner UNIQUE (tenant_id, transition_id, sequence, worker_id),
        CONSTRAINT fk_custody_history_follows_its_predecessor
            FOREIGN KEY(tenant_id, transition_id, previous_sequence, from_worker_id)
            REFERENCES custody_history (tenant_id, transition_id, sequence, worker_id),
        CONSTRAINT ck_custody_history_unbroken CHECK ((sequence = 1 AND previous_sequence IS NULL
            AND from_worker_id IS NULL) OR (sequence > 1 AND previous_sequence = sequence - 1
            AND from_worker_id IS NOT NULL AND from_worker_id <> worker_id))
    )
    """,
    """
    CREATE TABLE handoffs (
        tenant_id UUID NOT NULL,
        id UUID NOT NULL,
        version INTEGER NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        transition_id UUID NOT NULL,
        state TEXT NOT NULL,
        offer_number INTEGER NOT NULL,
        suggested_worker_id UUID,
        worker_id UUID,
        introduced_at TIMESTAMP WITH TIME ZONE,
        introduced_peer_id UUID,
        accepted_by UUID,
        accepted_at TIMESTAMP WITH TIME ZONE,
        contacted_at TIMESTAMP WITH TIME ZONE,
        ended_at TIMESTAMP WITH TIME ZONE,
        outcome TEXT,
        attention TEXT,
        CONSTRAINT pk_handoffs PRIMARY KEY (tenant_id, id),
        CONSTRAINT fk_handoffs_tenant_id_transition_id_transitions FOREIGN KEY(tenant_id, transition_id)
            REFERENCES transitions (tenant_id, id),
        CONSTRAINT fk_handoffs_tenant_id_suggested_worker_id_workers FOREIGN KEY(tenant_id, suggested_worker_id)
            REFERENCES workers (tenant_id, id),
        CONSTRAINT fk_handoffs_tenant_id_worker_id_workers FOREIGN KEY(tenant_id, worker_id)
            REFERENCES workers (tenant_id, id),
        CONSTRAINT fk_handoffs_tenant_id_introduced_peer_id_workers FOREIGN KEY(tenant_id, introduced_peer_id)
            REFERENCES workers (tenant_id, id),
        CONSTRAINT fk_handoffs_tenant_id_accepted_by_workers FOREIGN KEY(tenant_id, accepted_by)
            REFERENCES workers (tenant_id, id),
        CONSTRAINT uq_handoffs_tenant_id_transition_id UNIQUE (tenant_id, transition_id),
        CONSTRAINT ck_handoffs_state
            CHECK (state IN ('preparing', 'offered', 'accepted', 'introduced', 'contacted', 'closed', 'withdrawn')),
        CONSTRAINT ck_handoffs_accepted_by
            CHECK (state NOT IN ('accepted', 'introduced', 'contacted') OR accepted_by IS NOT NULL),
        CONSTRAINT ck_handoffs_contacted_after_acceptance
            CHECK (contacted_at IS NULL OR accepted_by IS NOT NULL),
        CONSTRAINT ck_handoffs_ended_at CHECK ((state IN ('closed', 'withdrawn')) = (ended_at IS NOT NULL))
    )
    """,
    """
    CREATE INDEX ix_handoffs_by_state ON handoffs (tenant_id, state, id)
    """,
    """
    CREATE INDEX ix_handoffs_by_worker ON handoffs (tenant_id, worker_id, id)
    """,
    """
    CREATE INDEX ix_handoffs_by_worker_and_state ON handoffs (tenant_id, worker_id, state, id)
    """,
    """
    CREATE INDEX ix_handoffs_needing_attention ON handoffs (tenant_id, id) WHERE attention IS NOT NULL
    """,
    """
    CREATE TABLE handoff_offers (
        tenant_id UUID NOT NULL,
        handoff_id UUID NOT NULL,
        offer_number INTEGER NOT NULL,
        worker_id UUID NOT NULL,
        kind TEXT NOT NULL,
        ladder TEXT NOT NULL,
        because TEXT[] DEFAULT '{}'::text[] NOT NULL,
        status TEXT NOT NULL,
        reason TEXT,
        offered_at TIMESTAMP WITH TIME ZONE NOT NULL,
        respond_by TIMESTAMP WITH TIME ZONE NOT NULL,
        answered_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_handoff_offers PRIMARY KEY (tenant_id, handoff_id, offer_number),
        CONSTRAINT fk_handoff_offers_tenant_id_handoff_id_handoffs FOREIGN KEY(tenant_id, handoff_id)
            REFERENCES handoffs (tenant_id, id),
        CONSTRAINT fk_handoff_offers_tenant_id_worker_id_workers FOREIGN KEY(tenant_id, worker_id)
            REFERENCES workers (tenant_id, id),
        CONSTRAINT ck_handoff_offers_status
            CHECK (status IN ('open', 'accepted', 'declined', 'unanswered', 'withdrawn')),
        CONSTRAINT ck_handoff_offers_offer_number CHECK (offer_number >= 1)
    )
    """,
    """
    CREATE INDEX ix_handoff_offers_by_worker ON handoff_offers (tenant_id, worker_id, offered_at)
    """,
    """
    CREATE UNIQUE INDEX uq_handoff_offers_open ON handoff_offers (tenant_id, handoff_id) WHERE status = 'open'
    """,
    """
    CREATE TABLE handoff_milestones (
        tenant_id UUID NOT NULL,
        handoff_id UUID NOT NULL,
        code TEXT NOT NULL,
        due_at TIMESTAMP WITH TIME ZONE NOT NULL,
        met_at TIMESTAMP WITH TIME ZONE,
        met_recorded_at TIMESTAMP WITH TIME ZONE,
        missed_at TIMESTAMP WITH TIME ZONE,
        lifted_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_handoff_milestones PRIMARY KEY (tenant_id, handoff_id, code),
        CONSTRAINT fk_handoff_milestones_tenant_id_handoff_id_handoffs FOREIGN KEY(tenant_id, handoff_id)
            REFERENCES handoffs (tenant_id, id),
        CONSTRAINT ck_handoff_milestones_met CHECK ((met_at IS NULL) = (met_recorded_at IS NULL)),
        CONSTRAINT ck_handoff_milestones_met_or_lifted CHECK (met_at IS NULL OR lifted_at IS NULL)
    )
    """,
    """
    CREATE INDEX ix_handoff_milestones_running ON handoff_milestones (due_at)
        WHERE met_at IS NULL AND missed_at IS NULL AND lifted_at IS NULL
    """,
    """
    CREATE TABLE handoff_facts (
        tenant_id UUID NOT NULL,
        handoff_id UUID NOT NULL,
        id UUID NOT NULL,
        kind TEXT NOT NULL,
        version INTEGER NOT NULL,
        by_worker_id UUID,
        worker_id UUID,
        code TEXT,
        offer_number INTEGER,
        reported_by TEXT,
        occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_handoff_facts PRIMARY KEY (tenant_id, handoff_id, id),
        CONSTRAINT fk_handoff_facts_tenant_id_handoff_id_handoffs FOREIGN KEY(tenant_id, handoff_id)
            REFERENCES handoffs (tenant_id, id)
    )
    """,
    """
    ALTER TABLE transitions ADD CONSTRAINT fk_transitions_owner_is_in_custody_history
        FOREIGN KEY(tenant_id, id, custody_sequence, owner_worker_id)
        REFERENCES custody_history (tenant_id, transition_id, sequence, worker_id) DEFERRABLE INITIALLY DEFERRED
    """,
)

_APPEND_ONLY = tuple(
    f"""
    CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history()
    """
    for table in ("custody_history", "handoff_facts")
)


def upgrade() -> None:
    """Create them."""
    for statement in (*_TABLES, *_APPEND_ONLY):
        op.execute(statement)
