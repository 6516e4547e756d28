"""Referrals with their parties, append-only history and texts, and the clinical backup of programmes.

Parties are a table of their own because referrals cross organisations: whoever stands there may know of the referral,
nobody else. What the database holds by itself: every ending has its time, every working referral its acceptance, a
"no" its reason, and history cannot be changed.
"""

import sqlalchemy as sa

from services.referrals.adapters.tables import TENANT, codes, identity_columns, metadata, tenant_key


def _instant(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _code(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.Text, nullable=nullable)


_OPEN = "status IN ('draft', 'requested', 'accepted', 'in_progress', 'on_hold')"

referrals = sa.Table(
    "referrals",
    metadata,
    *identity_columns(),
    sa.Column("programme_id", sa.Uuid, nullable=False),
    _code("model", nullable=False),
    sa.Column("person_id", sa.Uuid, nullable=False),
    _code("need", nullable=False),
    _code("kind", nullable=False),
    _code("priority", nullable=False),
    _code("reported_by", nullable=False),
    _instant("occurred_at", nullable=False),
    _code("asks_activity"),
    sa.Column("asks_text", sa.Text, nullable=False),
    _code("asks_responsibility", nullable=False),
    codes("asks_attested_conditions"),
    sa.Column("asks_decision_id", sa.Uuid),
    sa.Column("asks_policy_version", sa.Text),
    _code("status", nullable=False),
    _code("status_reason"),
    _code("business_status", nullable=False),
    _instant("scheduled_at"),
    _code("closing_word"),
    _code("closed_by"),
    _code("what_next"),
    _instant("offer_again_at"),
    sa.Column("transition_id", sa.Uuid),
    sa.Column("part_of", sa.Uuid),
    sa.Column("parent_follows", sa.Boolean, nullable=False),
    sa.Column("follows", sa.Uuid),
    _code("follows_because"),
    sa.Column("duplicate_of", sa.Uuid),
    sa.Column("deidentified", sa.Boolean, nullable=False),
    _instant("respond_by"),
    _instant("overdue_after"),
    _instant("overdue_at"),
    _instant("accepted_at"),
    _instant("ended_at"),
    _instant("introduce_by"),
    _instant("introduced_at"),
    _instant("goodbye_by"),
    _instant("goodbye_at"),
    _code("person_word"),
    _instant("person_word_at"),
    tenant_key("programme_id", "programmes"),
    tenant_key("person_id", "people"),
    tenant_key("transition_id", "transitions"),
    tenant_key("part_of", "referrals"),
    tenant_key("follows", "referrals"),
    tenant_key("duplicate_of", "referrals"),
    sa.CheckConstraint(
        "status IN ('draft', 'requested', 'accepted', 'rejected', 'in_progress', 'on_hold', 'completed', 'failed',"
        " 'cancelled', 'entered_in_error')",
        name="status",
    ),
    sa.CheckConstraint(f"({_OPEN}) = (ended_at IS NULL)", name="ended_at"),
    sa.CheckConstraint(
        "status NOT IN ('accepted', 'in_progress', 'on_hold', 'completed', 'failed') OR accepted_at IS NOT NULL",
        name="accepted_at",
    ),
    sa.CheckConstraint(
        "status NOT IN ('rejected', 'cancelled', 'on_hold') OR status_reason IS NOT NULL", name="reason"
    ),
    sa.CheckConstraint(
        "status NOT IN ('completed', 'failed') OR closing_word IS NOT NULL OR status_reason IS NOT NULL",
        name="closing_word",
    ),
    sa.CheckConstraint("status = 'draft' OR status = 'entered_in_error' OR respond_by IS NOT NULL", name="respond_by"),
    sa.CheckConstraint("part_of IS NULL OR part_of <> id", name="not_part_of_itself"),
    sa.Index("ix_referrals_by_person", TENANT, "person_id", "id"),
    sa.Index("ix_referrals_by_status", TENANT, "status", "id"),
    sa.Index("ix_referrals_waiting", TENANT, "respond_by", "id", postgresql_where=sa.text("status = 'requested'")),
    sa.Index(
        "ix_referrals_overdue",
        "overdue_after",
        postgresql_where=sa.text("status = 'requested' AND overdue_at IS NULL"),
    ),
    sa.Index(
        "ix_referrals_to_offer_again",
        TENANT,
        "offer_again_at",
        "id",
        postgresql_where=sa.text("offer_again_at IS NOT NULL"),
    ),
    sa.Index("ix_referrals_open_needs", TENANT, "person_id", "need", "id", postgresql_where=sa.text(_OPEN)),
    sa.Index("ix_referrals_by_parent", TENANT, "part_of", postgresql_where=sa.text("part_of IS NOT NULL")),
)

referral_parties = sa.Table(
    "referral_parties",
    metadata,
    sa.Column(TENANT, sa.Uuid, primary_key=True),
    sa.Column("referral_id", sa.Uuid, primary_key=True),
    sa.Column("role", sa.Text, primary_key=True),
    sa.Column("organization_id", sa.Uuid, nullable=False),
    sa.Column("worker_id", sa.Uuid),
    sa.Column("team_id", sa.Uuid),
    tenant_key("referral_id", "referrals"),
    tenant_key("organization_id", "organizations"),
    tenant_key("worker_id", "workers"),
    tenant_key("team_id", "teams"),
    sa.CheckConstraint("role IN ('requester', 'recipient', 'intermediary', 'clinical_backup')", name="role"),
    sa.CheckConstraint("worker_id IS NOT NULL OR team_id IS NOT NULL", name="somebody"),
    sa.Index("ix_referral_parties_by_organization", TENANT, "organization_id", "referral_id"),
    sa.Index(
        "ix_referral_parties_by_worker",
        TENANT,
        "worker_id",
        "referral_id",
        "role",
        postgresql_where=sa.text("worker_id IS NOT NULL"),
    ),
    sa.Index(
        "ix_referral_parties_by_team", TENANT, "team_id", "referral_id", postgresql_where=sa.text("team_id IS NOT NULL")
    ),
)

referral_history = sa.Table(
    "referral_history",
    metadata,
    sa.Column(TENANT, sa.Uuid, primary_key=True),
    sa.Column("referral_id", sa.Uuid, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    _code("command", nullable=False),
    _code("status", nullable=False),
    _code("business_status", nullable=False),
    sa.Column("by_worker_id", sa.Uuid),
    _code("reason"),
    _code("reported_by", nullable=False),
    _instant("occurred_at", nullable=False),
    _instant("recorded_at", nullable=False),
    tenant_key("referral_id", "referrals"),
)

referral_notes = sa.Table(
    "referral_notes",
    metadata,
    sa.Column(TENANT, sa.Uuid, primary_key=True),
    sa.Column("referral_id", sa.Uuid, primary_key=True),
    sa.Column("id", sa.Uuid, primary_key=True),
    _code("kind", nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("by_worker_id", sa.Uuid),
    _code("reported_by", nullable=False),
    _instant("occurred_at", nullable=False),
    _instant("recorded_at", nullable=False),
    tenant_key("referral_id", "referrals"),
)

clinical_backups = sa.Table(
    "clinical_backups",
    metadata,
    sa.Column(TENANT, sa.Uuid, primary_key=True),
    sa.Column("programme_id", sa.Uuid, primary_key=True),
    sa.Column("team_id", sa.Uuid, nullable=False),
    sa.Column("worker_id", sa.Uuid, nullable=False),
    sa.Column("by_worker_id", sa.Uuid),
    _instant("recorded_at", nullable=False),
    tenant_key("programme_id", "programmes"),
    tenant_key("team_id", "teams"),
    tenant_key("worker_id", "workers"),
)
