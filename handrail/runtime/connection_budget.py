"""How many PostgreSQL connections a start may open at most: services x processes x pool, checked before anything starts."""

from collections.abc import Sequence
from dataclasses import dataclass

from handrail.runtime.processes import Kind, ProcessDefinition

ADMINISTRATION = 10
"""Kept for migrations, the operator's commands and a person with psql."""


class TooManyConnectionsError(RuntimeError):
    """The processes could ask for more connections than the server gives."""


@dataclass(frozen=True, kw_only=True)
class BudgetLine:
    """One row of the table: `processes` of them with `pool` connections each."""

    name: str
    processes: int
    pool: int

    @property
    def connections(self) -> int:
        """The most this row can hold open."""
        return self.processes * self.pool


def budget(rows: Sequence[ProcessDefinition], *, worker_children: int) -> tuple[BudgetLine, ...]:
    """A line per process that uses the database."""
    return tuple(
        BudgetLine(name=row.name, processes=worker_children if row.kind is Kind.WORKER else 1, pool=row.pool)
        for row in rows
        if row.pool
    )


def needed(lines: Sequence[BudgetLine]) -> int:
    """All lines together, and what is kept for administration."""
    return sum(line.connections for line in lines) + ADMINISTRATION


def check(lines: Sequence[BudgetLine], *, available: int) -> None:
    """Raises TooManyConnectionsError with the sum and the way out."""
    if needed(lines) > available:
        raise TooManyConnectionsError(
            f"the processes may open {needed(lines)} PostgreSQL connections, the server gives {available}: "
            "start fewer workers (--workers), or raise max_connections"
        )
