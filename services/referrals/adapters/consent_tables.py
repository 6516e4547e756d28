"""Consents, whom they name, how they were taken back, and what was told on their strength. All of it only ever added to.

What the database holds by itself: every element that a column can show is there, an end without a date is one the law
allows, a consent is revoked at most once.
"""

import sqlalchemy as sa
from sqlalchemy.schema import SchemaItem

from services.referrals.adapters.tables import TENANT, codes, identity_columns, metadata, tenant_key

consents = sa.Table(
    "consents",
    metadata,
    *identity_columns(),
    sa.Column("person_id", sa.Uuid, nullable=False),
    sa.Column("organization_id", sa.Uuid),
    sa.Column("discloser_class", sa.Text),
    codes("information"),
    sa.Column("information_text", sa.Text, nullable=False),
    sa.Column("recipient_class", sa.Text),
    sa.Column("intermediary_organization_id", sa.Uuid),
    codes("purposes"),
    sa.Column("right_to_revoke_acknowledged", sa.Boolean, nullable=False),
    sa.Column("revocation_how", sa.Text, nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True)),
    sa.Column("expiry_event", sa.Text),
    sa.Column("signature_method", sa.Text, nullable=False),
    sa.Column("signed_by", sa.Text, nullable=False),
    sa.Column("representative_name", sa.Text),
    sa.Column("representative_relation", sa.Text),
    sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("redisclosure_stated", sa.Boolean, nullable=False),
    sa.Column("refusal_consequence_stated", sa.Boolean, nullable=False),
    sa.Column("reported_by", sa.Text, nullable=False),
    sa.Column("by_worker_id", sa.Uuid),
    tenant_key("person_id", "people"),
    tenant_key("organization_id", "organizations"),
    tenant_key("intermediary_organization_id", "organizations"),
    sa.CheckConstraint("organization_id IS NOT NULL OR discloser_class IS NOT NULL", name="discloser"),
    sa.CheckConstraint("cardinality(information) > 0 AND information_text <> ''", name="information"),
    sa.CheckConstraint("cardinality(purposes) > 0", name="purposes"),
    sa.CheckConstraint("right_to_revoke_acknowledged AND revocation_how <> ''", name="right_to_revoke"),
    sa.CheckConstraint("(expires_at IS NULL) <> (expiry_event IS NULL)", name="ending"),
    sa.CheckConstraint(
        "coalesce(expiry_event, '') NOT IN ('none', 'end_of_treatment')"
        " OR purposes = ARRAY['treatment_payment_operations']",
        name="endless",
    ),
    sa.CheckConstraint(
        "signed_by <> 'representative' OR (representative_name IS NOT NULL AND representative_relation IS NOT NULL)",
        name="representative",
    ),
    sa.Index("ix_consents_by_person", TENANT, "person_id", "id"),
)

consent_actors = sa.Table(
    "consent_actors",
    metadata,
    sa.Column(TENANT, sa.Uuid, primary_key=True),
    sa.Column("consent_id", sa.Uuid, primary_key=True),
    sa.Column("role", sa.Text, primary_key=True),
    sa.Column("organization_id", sa.Uuid, primary_key=True),
    tenant_key("consent_id", "consents"),
    tenant_key("organization_id", "organizations"),
    sa.CheckConstraint("role IN ('recipient', 'participant')", name="role"),
)

consent_revocations = sa.Table(
    "consent_revocations",
    metadata,
    sa.Column(TENANT, sa.Uuid, primary_key=True),
    sa.Column("consent_id", sa.Uuid, primary_key=True),
    sa.Column("method", sa.Text, nullable=False),
    sa.Column("reported_by", sa.Text, nullable=False),
    sa.Column("by_worker_id", sa.Uuid),
    sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    tenant_key("consent_id", "consents"),
)


def disclosure_columns(subject: str, *, table: str) -> tuple[SchemaItem, ...]:
    """One row for each day on which a worker was told, by a referral or a handoff: its column and its table.

    The account that the person may ask for needs date, recipient, a brief description and the purpose.
    """
    keys = {"consent_id": "consents", subject: table, "to_worker_id": "workers"}
    others = {"person_id": "people", "from_organization_id": "organizations", "to_organization_id": "organizations"}
    return (
        sa.Column(TENANT, sa.Uuid, primary_key=True),
        *(sa.Column(name, sa.Uuid, primary_key=True) for name in keys),
        sa.Column("disclosed_on", sa.Date, primary_key=True),
        *(sa.Column(name, sa.Uuid, nullable=False) for name in others),
        sa.Column("description", sa.Text, nullable=False),
        codes("purposes"),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        *(tenant_key(name, target) for name, target in (keys | others).items()),
    )


disclosures = sa.Table(
    "disclosures",
    metadata,
    *disclosure_columns("referral_id", table="referrals"),
    sa.Index("ix_disclosures_by_person", TENANT, "person_id", "disclosed_on"),
)
