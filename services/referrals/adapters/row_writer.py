"""New rows of several tables in one statement, and so in one round trip: what a unit of work leaves behind at its end."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

NewRow = tuple[sa.Table, Mapping[str, Any]]


async def insert_rows(connection: AsyncConnection, rows: Sequence[NewRow]) -> None:
    """Insert every row, or none. Foreign keys between them hold: PostgreSQL checks those at the statement's end."""
    if not rows:
        return
    statement = _statement(tuple((table, tuple(row)) for table, row in rows))
    values = {f"r{place}_{name}": value for place, (_, row) in enumerate(rows) for name, value in row.items()}
    await connection.execute(statement, values)


@lru_cache(maxsize=64)
def _statement(shape: tuple[tuple[sa.Table, tuple[str, ...]], ...]) -> sa.TextClause:
    """Data-modifying CTEs. Names come from our own tables, values only through bind parameters."""
    inserts = []
    binds = []
    for place, (table, names) in enumerate(shape):
        columns = ", ".join(names)
        places = ", ".join(f":r{place}_{name}" for name in names)
        inserts.append(f"INSERT INTO {table.name} ({columns}) VALUES ({places})")  # noqa: S608
        binds += [sa.bindparam(f"r{place}_{name}", type_=table.c[name].type) for name in names]
    *first, last = inserts
    named = ", ".join(f"w{place} AS ({insert})" for place, insert in enumerate(first))
    return sa.text(f"WITH {named} {last}" if first else last).bindparams(*binds)
