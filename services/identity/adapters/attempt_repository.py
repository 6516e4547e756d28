"""Counts of attempts to sign in, in PostgreSQL: every process of the service sees the same ones."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.identity.adapters.tables import sign_in_attempts
from services.identity.domain.attempts import AttemptKind, Attempts


class AttemptRepository:
    """See use_cases.ports.AttemptCounts."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def locked(self, keys: Sequence[tuple[AttemptKind, bytes]], *, at: datetime) -> Sequence[Attempts]:
        """The counts in the order asked. One statement makes missing rows and locks all of them, in that order."""
        statement = insert(sign_in_attempts).values(
            [{"kind": kind.value, "digest": digest, "count": 0, "last_at": at} for kind, digest in keys]
        )
        # Setting a column to itself takes the row lock and returns the row as it is.
        statement = statement.on_conflict_do_update(
            index_elements=[sign_in_attempts.c.kind, sign_in_attempts.c.digest],
            set_={"count": sign_in_attempts.c.count},
        )
        rows = await self._connection.execute(statement.returning(sign_in_attempts))
        found = {(AttemptKind(row.kind), bytes(row.digest)): row for row in rows}
        return [
            Attempts(
                kind=kind,
                digest=digest,
                count=found[kind, digest].count,
                last_at=found[kind, digest].last_at,
                blocked_until=found[kind, digest].blocked_until,
            )
            for kind, digest in keys
        ]

    async def save(self, counts: Sequence[Attempts]) -> None:
        """Keep counts whose rows were locked when they were read."""
        statement = insert(sign_in_attempts).values(
            [
                {
                    "kind": one.kind.value,
                    "digest": one.digest,
                    "count": one.count,
                    "last_at": one.last_at,
                    "blocked_until": one.blocked_until,
                }
                for one in counts
            ]
        )
        changed: dict[str, sa.ColumnElement[object]] = {
            name: statement.excluded[name] for name in ("count", "last_at", "blocked_until")
        }
        await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=[sign_in_attempts.c.kind, sign_in_attempts.c.digest], set_=changed
            )
        )
