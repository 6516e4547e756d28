"""Sessions and refresh tokens in PostgreSQL."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.identity.adapters.tables import refresh_tokens, sessions
from services.identity.domain.accounts import Account
from services.identity.domain.sessions import EndReason, RefreshToken, Session


class SessionRepository:
    """See use_cases.ports.Sessions."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, session: Session, token: RefreshToken) -> None:
        """Keep a new session with its first token, in one statement."""
        new_session = (
            sessions.insert()
            .values(
                tenant_id=session.tenant_id,
                session_id=session.session_id,
                account_id=session.account_id,
                created_at=session.created_at,
                expires_at=session.expires_at,
            )
            .returning(sessions.c.session_id)
            .cte("new_session")
        )
        await self._connection.execute(_new_token(token).add_cte(new_session))

    async def locked(self, session_id: UUID, *, tenant_id: UUID) -> Session | None:
        """The session, its row locked: two uses of one token are judged one after the other."""
        found = await self._connection.execute(
            sa.select(sessions)
            .where(sessions.c.tenant_id == tenant_id, sessions.c.session_id == session_id)
            .with_for_update()
        )
        row = found.first()
        return None if row is None else _session(row)

    async def token(self, digest: bytes, *, session: Session) -> RefreshToken | None:
        """What is known of a presented token."""
        row = (await self._connection.execute(sa.select(refresh_tokens).where(*_is(digest, session=session)))).first()
        return None if row is None else RefreshToken(**row._mapping)

    async def rotate(self, used: RefreshToken, *, successor: RefreshToken) -> None:
        """Mark one token used at the moment the next is issued."""
        await self._connection.execute(
            refresh_tokens.update()
            .where(
                refresh_tokens.c.tenant_id == used.tenant_id,
                refresh_tokens.c.session_id == used.session_id,
                refresh_tokens.c.digest == used.digest,
            )
            .values(used_at=successor.issued_at)
        )
        await self._connection.execute(_new_token(successor))

    async def end(self, session: Session) -> None:
        """Keep an ended session."""
        await self._connection.execute(
            sessions.update()
            .where(sessions.c.tenant_id == session.tenant_id, sessions.c.session_id == session.session_id)
            .values(ended_at=session.ended_at, end_reason=session.end_reason)
        )

    async def end_all(self, account: Account, *, reason: EndReason, at: datetime) -> None:
        """End every open session of an account."""
        await self._connection.execute(
            sessions.update()
            .where(
                sessions.c.tenant_id == account.tenant_id,
                sessions.c.account_id == account.account_id,
                sessions.c.ended_at.is_(None),
            )
            .values(ended_at=at, end_reason=reason)
        )


def _new_token(token: RefreshToken) -> sa.Insert:
    return refresh_tokens.insert().values(
        tenant_id=token.tenant_id, session_id=token.session_id, digest=token.digest, issued_at=token.issued_at
    )


def _is(digest: bytes, *, session: Session) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        refresh_tokens.c.tenant_id == session.tenant_id,
        refresh_tokens.c.session_id == session.session_id,
        refresh_tokens.c.digest == digest,
    )


def _session(row: sa.Row[Any]) -> Session:
    columns = dict(row._mapping)
    reason = columns.pop("end_reason")
    return Session(end_reason=None if reason is None else EndReason(reason), **columns)
