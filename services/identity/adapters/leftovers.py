"""Removes rows that no rule needs any more."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from services.identity.adapters.tables import (
    idempotency_keys,
    sessions,
    sign_in_attempts,
    signing_keys,
    spent_assertions,
)
from services.identity.domain.attempts import FORGET_AFTER
from services.identity.domain.keyring import PUBLISHED_AFTER_SIGNING

SESSIONS_KEPT = timedelta(days=7)
"""An ended session stays readable for a week, for whoever looks into a reused token."""

ANSWERS_KEPT = timedelta(days=1)


class LeftoverRemover:
    """See use_cases.ports.Leftovers."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def purge(self, *, at: datetime) -> int:
        """Remove what has expired; returns how many rows (refresh tokens go with their sessions, uncounted)."""
        statements = (
            sessions.delete().where(sessions.c.expires_at < at - SESSIONS_KEPT),
            spent_assertions.delete().where(spent_assertions.c.expires_at < at),
            sign_in_attempts.delete().where(sign_in_attempts.c.last_at < at - FORGET_AFTER),
            idempotency_keys.delete().where(idempotency_keys.c.recorded_at < at - ANSWERS_KEPT),
            signing_keys.delete().where(signing_keys.c.signs_until < at - PUBLISHED_AFTER_SIGNING),
        )
        removed = 0
        for statement in statements:
            removed += (await self._connection.execute(statement)).rowcount
        return removed
