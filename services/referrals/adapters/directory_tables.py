"""The directory of help around us, one table a kind, made from `domain/directory_kinds.py`.

One id may stand at several places (a telephone of an organisation and of its house): a row holds all of its links.
"""

from typing import Any

import sqlalchemy as sa

from services.referrals.adapters.tables import TENANT, metadata, tenant_key
from services.referrals.domain.directory_kinds import KINDS, FieldType, Kind

_TYPES: dict[FieldType, Any] = {
    FieldType.TEXT: sa.Text,
    FieldType.NUMBER: sa.Double,
    FieldType.UUID: sa.Uuid,
    FieldType.DATE: sa.Date,
    FieldType.TIME: sa.Text,
    FieldType.INSTANT: sa.DateTime(timezone=True),
}


def table_name(kind: str) -> str:
    """The table of a kind."""
    return f"directory_{kind}"


def _table(name: str, kind: Kind) -> sa.Table:
    return sa.Table(
        table_name(name),
        metadata,
        sa.Column(TENANT, sa.Uuid, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(f"{link}_id", sa.Uuid) for link in kind.links),
        *(sa.Column(field, _TYPES[about.type], nullable=not about.required) for field, about in kind.fields.items()),
        *(tenant_key(f"{link}_id", table_name(link)) for link in kind.links),
        *(sa.Index(f"ix_{table_name(name)}_by_{link}", TENANT, f"{link}_id") for link in kind.links),
    )


TABLES = {name: _table(name, kind) for name, kind in KINDS.items()}
"""Kind -> its table."""
