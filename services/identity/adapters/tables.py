"""The tables of identity. Most belong to a tenant; those of the installation itself say so in `info`."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from shared.database import new_metadata
from shared.idempotency import idempotency_table

metadata = new_metadata()

_INSTANT = sa.DateTime(timezone=True)


def _of_the_installation(why: str) -> dict[str, str]:
    """Why a table has no tenant; a guard reads this."""
    return {"spans_tenants": why}


tenants = sa.Table(
    "tenants",
    metadata,
    sa.Column("tenant_id", sa.Uuid, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("created_at", _INSTANT, nullable=False),
    # The operator names a tenant before its id is known, so its name is unique in the whole installation.
    sa.UniqueConstraint("name"),
    info=_of_the_installation("the list of tenants itself"),
)

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("tenant_id", sa.Uuid, sa.ForeignKey("tenants.tenant_id"), nullable=False),
    sa.Column("account_id", sa.Uuid, nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("display_name", sa.Text, nullable=False),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("created_at", _INSTANT, nullable=False),
    sa.Column("created_by", sa.Uuid),
    sa.Column("disabled_at", _INSTANT),
    sa.Column("version", sa.Integer, nullable=False),
    sa.PrimaryKeyConstraint("tenant_id", "account_id"),
    sa.UniqueConstraint("tenant_id", "email"),
    # Sign-in knows the e-mail before it knows the tenant.
    sa.Index(None, "email"),
)

memberships = sa.Table(
    "memberships",
    metadata,
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("account_id", sa.Uuid, nullable=False),
    sa.Column("access_role", sa.Text, nullable=False),
    sa.Column("worker_id", sa.Uuid),
    sa.Column("organization_id", sa.Uuid),
    sa.PrimaryKeyConstraint("tenant_id", "account_id"),
    sa.ForeignKeyConstraint(["tenant_id", "account_id"], ["accounts.tenant_id", "accounts.account_id"]),
    # Two accounts that speak for one worker would make it unknowable who accepted a handoff.
    sa.UniqueConstraint("tenant_id", "worker_id"),
    sa.CheckConstraint("access_role <> 'system'", name="people_only"),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("session_id", sa.Uuid, nullable=False),
    sa.Column("account_id", sa.Uuid, nullable=False),
    sa.Column("created_at", _INSTANT, nullable=False),
    sa.Column("expires_at", _INSTANT, nullable=False),
    sa.Column("ended_at", _INSTANT),
    sa.Column("end_reason", sa.Text),
    sa.PrimaryKeyConstraint("tenant_id", "session_id"),
    sa.ForeignKeyConstraint(["tenant_id", "account_id"], ["accounts.tenant_id", "accounts.account_id"]),
    sa.Index(None, "tenant_id", "account_id"),
    sa.Index(None, "expires_at"),
)

refresh_tokens = sa.Table(
    "refresh_tokens",
    metadata,
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("session_id", sa.Uuid, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("issued_at", _INSTANT, nullable=False),
    sa.Column("used_at", _INSTANT),
    sa.PrimaryKeyConstraint("tenant_id", "session_id", "digest"),
    sa.ForeignKeyConstraint(
        ["tenant_id", "session_id"], ["sessions.tenant_id", "sessions.session_id"], ondelete="CASCADE"
    ),
)

sign_in_attempts = sa.Table(
    "sign_in_attempts",
    metadata,
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("last_at", _INSTANT, nullable=False),
    sa.Column("blocked_until", _INSTANT),
    sa.PrimaryKeyConstraint("kind", "digest"),
    sa.Index(None, "last_at"),
    info=_of_the_installation("attempts are counted before anybody's tenant is known"),
)

signing_keys = sa.Table(
    "signing_keys",
    metadata,
    sa.Column("key_id", sa.Text, primary_key=True),
    sa.Column("public_jwk", postgresql.JSONB, nullable=False),
    sa.Column("sealed_private_key", sa.Text, nullable=False),
    sa.Column("published_at", _INSTANT, nullable=False),
    sa.Column("signs_from", _INSTANT, nullable=False),
    sa.Column("signs_until", _INSTANT),
    info=_of_the_installation("one issuer signs for every tenant"),
)

system_clients = sa.Table(
    "system_clients",
    metadata,
    sa.Column("service", sa.Text, primary_key=True),
    sa.Column("public_key", sa.Text, nullable=False),
    sa.Column("registered_at", _INSTANT, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    info=_of_the_installation("a service works for every tenant and names one in each request"),
)

spent_assertions = sa.Table(
    "spent_assertions",
    metadata,
    sa.Column("service", sa.Text, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("expires_at", _INSTANT, nullable=False),
    sa.PrimaryKeyConstraint("service", "digest"),
    sa.Index(None, "expires_at"),
    info=_of_the_installation("assertions are made by services, not by anybody in a tenant"),
)

idempotency_keys = idempotency_table(metadata)
