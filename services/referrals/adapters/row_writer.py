"""New rows of several tables in one statement, and so in one round trip: what a unit of work leaves behind at its end."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

NewRow = tuple[sa.Table, Mapping[str, Any]]

_DIALECT = asyncpg.dialect()  # type: ignore[no-untyped-call]


async def insert_rows(connection: AsyncConnection, rows: Sequence[NewRow], *, tenant_id: UUID) -> None:
    """Insert every row, or none. Foreign keys between them hold: PostgreSQL checks those at the statement's end.

    The statement sets the tenant itself, so that it may also be a transaction of its own.
    """
    if not rows:
        return
    plan = _plan(tuple((table, tuple(row)) for table, row in rows))
    values = [value for _, row in rows for value in row.values()]
    await connection.exec_driver_sql(plan.statement, (str(tenant_id), *plan.encoded(values)))


class JsonText(str):
    """Text that is JSON already, for a column that holds JSON."""

    __slots__ = ()


def _as_json(value: Any) -> str:
    return value if isinstance(value, JsonText) else json.dumps(value)


@dataclass(frozen=True, slots=True)
class _Plan:
    """A statement, and which of its parameters the driver wants in another form."""

    statement: str
    encoders: tuple[tuple[int, Callable[[Any], Any]], ...]

    def encoded(self, values: list[Any]) -> list[Any]:
        for place, encode in self.encoders:
            if values[place] is not None:
                values[place] = encode(values[place])
        return values


@lru_cache(maxsize=256)
def _plan(shape: tuple[tuple[sa.Table, tuple[str, ...]], ...]) -> _Plan:
    """Data-modifying CTEs. Names and types come from our own tables, values only through parameters.

    Written once a shape and by hand: looking a statement of this size up in SQLAlchemy's cache costs more than running it.
    """
    types = [table.c[name].type for table, names in shape for name in names]
    places = iter(f"${place}::{kind.compile(_DIALECT)}" for place, kind in enumerate(types, start=2))
    inserts = [
        f"INSERT INTO {table.name} ({', '.join(names)}) SELECT {', '.join(next(places) for _ in names)} FROM tenant"  # noqa: S608
        for table, names in shape
    ]
    *first, last = inserts
    named = ["tenant AS MATERIALIZED (SELECT set_config('handrail.tenant_id', $1, true))"]
    named += [f"w{place} AS ({insert})" for place, insert in enumerate(first)]
    encoders = tuple((place, _as_json) for place, kind in enumerate(types) if isinstance(kind, sa.JSON))
    return _Plan(statement=f"WITH {', '.join(named)} {last}", encoders=encoders)
