"""What a constraint of the database says, as an error of the domain: no look before each leap, one statement less."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError

from services.referrals.domain.errors import AlreadyExists, NotFound

_FOREIGN_KEY = "23503"
_UNIQUE = "23505"


@contextmanager
def translated(kind: str, *, unique_pointer: str = "") -> Iterator[None]:
    """Turn a broken foreign key into NotFound at that field, and a broken unique key into AlreadyExists."""
    try:
        yield
    except IntegrityError as error:
        cause = getattr(error.orig, "__cause__", None)
        state = getattr(cause, "sqlstate", None)
        if state == _FOREIGN_KEY:
            column = _column_of(str(getattr(cause, "constraint_name", "")))
            raise NotFound(_kind_of(column), pointer=f"/{column}") from error
        if state == _UNIQUE:
            raise AlreadyExists(kind, pointer=unique_pointer) from error
        raise


def broken_constraint(error: IntegrityError) -> str | None:
    """The name of the constraint that stood in the way, as PostgreSQL tells it."""
    return getattr(getattr(error.orig, "__cause__", None), "constraint_name", None)


def _column_of(constraint: str) -> str:
    """`fk_workers_tenant_id_organization_id_organizations` names the column after the tenant's."""
    _, _, rest = constraint.partition("_tenant_id_")
    return rest[: rest.rindex("_id_") + len("_id")] if "_id_" in rest else "id"


def _kind_of(column: str) -> str:
    return column.removesuffix("_id").rsplit("_", 1)[-1]
