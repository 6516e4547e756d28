"""Transitions, custody, handoffs, offers, milestones and the timeline.

What the database holds by itself, whatever code runs above it: an owner is never absent and is always the one that
the named line of the custody history made so; that history has no gap and no second beginning; one open transition
per person, programme and visit; one open offer per handoff; nobody holds a handoff that nobody accepted.
"""

import sqlalchemy as sa

from services.referrals.adapters.tables import TENANT, codes, identity_columns, metadata, tenant_key


def _instant(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


transitions = sa.Table(
    "transitions",
    metadata,
    *identity_columns(),
    sa.Column("person_id", sa.Uuid, nullable=False),
    sa.Column("programme_id", sa.Uuid, nullable=False),
    sa.Column("visit_reference", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("origin_worker_id", sa.Uuid, nullable=False),
    sa.Column("sender_worker_id", sa.Uuid),
    sa.Column("owner_worker_id", sa.Uuid, nullable=False),
    sa.Column("custody_sequence", sa.Integer, nullable=False),
    _instant("custody_since", nullable=False),
    sa.Column("protocol_code", sa.Text, nullable=False),
    sa.Column("protocol_version", sa.Text, nullable=False),
    _instant("expected_at"),
    _instant("discharged_at"),
    _instant("loop_closed_at"),
    tenant_key("person_id", "people"),
    tenant_key("programme_id", "programmes"),
    tenant_key("origin_worker_id", "workers"),
    tenant_key("sender_worker_id", "workers"),
    tenant_key("owner_worker_id", "workers"),
    # checked at commit: the history's line is written after the transition it belongs to
    sa.ForeignKeyConstraint(
        [TENANT, "id", "custody_sequence", "owner_worker_id"],
        [f"custody_history.{name}" for name in (TENANT, "transition_id", "sequence", "worker_id")],
        name="fk_transitions_owner_is_in_custody_history",
        deferrable=True,
        initially="DEFERRED",
        use_alter=True,
    ),
    sa.CheckConstraint("status IN ('planned', 'discharged', 'retracted', 'cancelled')", name="status"),
    sa.CheckConstraint("status <> 'discharged' OR discharged_at IS NOT NULL", name="discharged_at"),
    sa.Index(
        "uq_transitions_open_visit",
        TENANT,
        "person_id",
        "programme_id",
        "visit_reference",
        unique=True,
        postgresql_where=sa.text("status IN ('planned', 'discharged') AND loop_closed_at IS NULL"),
    ),
    sa.Index("ix_transitions_by_status", TENANT, "status", "id"),
    sa.Index("ix_transitions_by_person", TENANT, "person_id", "id"),
    sa.Index("ix_transitions_by_owner", TENANT, "owner_worker_id", "id"),
)

SENDS = sa.func.coalesce(transitions.c.sender_worker_id, transitions.c.origin_worker_id)
"""Whose organisation tells of the person. Custody finds a new origin where somebody cannot go on; who sent them stays."""

custody_history = sa.Table(
    "custody_history",
    metadata,
    sa.Column(TENANT, sa.Uuid, primary_key=True),
    sa.Column("transition_id", sa.Uuid, primary_key=True),
    sa.Column("sequence", sa.Integer, primary_key=True),
    sa.Column("worker_id", sa.Uuid, nullable=False),
    sa.Column("previous_sequence", sa.Integer),
    sa.Column("from_worker_id", sa.Uuid),
    sa.Column("cause", sa.Text, nullable=False),
    sa.Column("by_worker_id", sa.Uuid),
    _instant("occurred_at", nullable=False),
    _instant("recorded_at", nullable=False),
    tenant_key("transition_id", "transitions"),
    tenant_key("worker_id", "workers"),
    sa.UniqueConstraint(TENANT, "transition_id", "sequence", "worker_id", name="uq_custody_history_owner"),
    sa.ForeignKeyConstraint(
        [TENANT, "transition_id", "previous_sequence", "from_worker_id"],
        [f"custody_history.{name}" for name in (TENANT, "transition_id", "sequence", "worker_id")],
        name="fk_custody_history_follows_its_predecessor",
    ),
    sa.CheckConstraint(
        "(sequence = 1 AND previous_sequence IS NULL AND from_worker_id IS NULL)"
        " OR (sequence > 1 AND previous_sequence = sequence - 1 AND from_worker_id IS NOT NULL"
        " AND from_worker_id <> worker_id)",
        name="unbroken",
    ),
)

handoffs = sa.Table(
    "handoffs",
    metadata,
    *identity_columns(),
    sa.Column("transition_id", sa.Uuid, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("offer_number", sa.Integer, nullable=False),
    sa.Column("suggested_worker_id", sa.Uuid),
    sa.Column("worker_id", sa.Uuid),
    _instant("introduced_at"),
    sa.Column("introduced_peer_id", sa.Uuid),
    sa.Column("accepted_by", sa.Uuid),
    _instant("accepted_at"),
    _instant("contacted_at"),
    _instant("ended_at"),
    sa.Column("outcome", sa.Text),
    sa.Column("attention", sa.Text),
    tenant_key("transition_id", "transitions"),
    tenant_key("suggested_worker_id", "workers"),
    tenant_key("worker_id", "workers"),
    tenant_key("introduced_peer_id", "workers"),
    tenant_key("accepted_by", "workers"),
    sa.UniqueConstraint(TENANT, "transition_id"),
    sa.CheckConstraint(
        "state IN ('preparing', 'offered', 'accepted', 'introduced', 'contacted', 'closed', 'withdrawn')", name="state"
    ),
    sa.CheckConstraint(
        "state NOT IN ('accepted', 'introduced', 'contacted') OR accepted_by IS NOT NULL", name="accepted_by"
    ),
    sa.CheckConstraint("contacted_at IS NULL OR accepted_by IS NOT NULL", name="contacted_after_acceptance"),
    sa.CheckConstraint("(state IN ('closed', 'withdrawn')) = (ended_at IS NOT NULL)", name="ended_at"),
    sa.Index("ix_handoffs_by_state", TENANT, "state", "id"),
    sa.Index("ix_handoffs_by_worker", TENANT, "worker_id", "id"),
    sa.Index("ix_handoffs_by_worker_and_state", TENANT, "worker_id", "state", "id"),
    sa.Index("ix_handoffs_needing_attention", TENANT, "id", postgresql_where=sa.text("attention IS NOT NULL")),
)

handoff_offers = sa.Table(
    "handoff_offers",
    metadata,
    sa.Column(TENANT, sa.Uuid, primary_key=True),
    sa.Column("handoff_id", sa.Uuid, primary_key=True),
    sa.Column("offer_number", sa.Integer, primary_key=True),
    sa.Column("worker_id", sa.Uuid, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("ladder", sa.Text, nullable=False),
    codes("because"),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    _instant("offered_at", nullable=False),
    _instant("respond_by", nullable=False),
    _instant("answered_at"),
    tenant_key("handoff_id", "handoffs"),
    tenant_key("worker_id", "workers"),
    sa.CheckConstraint("status IN ('open', 'accepted', 'declined', 'unanswered', 'withdrawn')", name="status"),
    sa.CheckConstraint("offer_number >= 1", name="offer_number"),
    sa.Index("uq_handoff_offers_open", TENANT, "handoff_id", unique=True, postgresql_where=sa.text("status = 'open'")),
    sa.Index("ix_handoff_offers_by_worker", TENANT, "worker_id", "offered_at"),
    sa.Index("ix_handoff_offers_waiting", "respond_by", postgresql_where=sa.text("status = 'open'")),
)

handoff_milestones = sa.Table(
    "handoff_milestones",
    metadata,
    sa.Column(TENANT, sa.Uuid, primary_key=True),
    sa.Column("handoff_id", sa.Uuid, primary_key=True),
    # the milestone's key: its code, and of one that repeats the number
    sa.Column("code", sa.Text, primary_key=True),
    _instant("due_at", nullable=False),
    _instant("opens_at"),
    sa.Column("escalate_to", sa.Text),
    _instant("met_at"),
    _instant("met_recorded_at"),
    _instant("missed_at"),
    _instant("lifted_at"),
    # how often it was set anew: each time it can be missed anew
    sa.Column("resets", sa.Integer, nullable=False, server_default=sa.text("0")),
    tenant_key("handoff_id", "handoffs"),
    sa.CheckConstraint("(met_at IS NULL) = (met_recorded_at IS NULL)", name="met"),
    sa.CheckConstraint("met_at IS NULL OR lifted_at IS NULL", name="met_or_lifted"),
    sa.Index(
        "ix_handoff_milestones_running",
        "due_at",
        postgresql_where=sa.text("met_at IS NULL AND missed_at IS NULL AND lifted_at IS NULL"),
    ),
)

handoff_facts = sa.Table(
    "handoff_facts",
    metadata,
    sa.Column(TENANT, sa.Uuid, primary_key=True),
    sa.Column("handoff_id", sa.Uuid, primary_key=True),
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("by_worker_id", sa.Uuid),
    sa.Column("worker_id", sa.Uuid),
    sa.Column("code", sa.Text),
    sa.Column("offer_number", sa.Integer),
    sa.Column("reported_by", sa.Text),
    _instant("occurred_at", nullable=False),
    _instant("recorded_at", nullable=False),
    tenant_key("handoff_id", "handoffs"),
)
