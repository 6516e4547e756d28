"""Idempotency-Key: the first answer is kept in the same transaction as its effect, and given again on a retry."""

import hashlib
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

import sqlalchemy as sa
from fastapi import Depends, Header
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.problems import Problem

MAX_KEY_CHARACTERS = 255


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredResponse:
    """What was answered the first time. `body` is the exact JSON text; `etag` may be absent."""

    status: int
    body: str
    etag: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestKey:
    """Which request this is: the caller's key within one route of one tenant, and a digest of its body."""

    tenant_id: UUID
    caller: str
    route: str
    key: str
    body_digest: str


def idempotency_table(metadata: sa.MetaData) -> sa.Table:
    """The table of first answers; rows older than a day may be purged."""
    return sa.Table(
        "idempotency_keys",
        metadata,
        sa.Column("tenant_id", sa.Uuid, nullable=False),
        sa.Column("caller", sa.Text, nullable=False),
        sa.Column("route", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("body_digest", sa.Text, nullable=False),
        sa.Column("status", sa.SmallInteger, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("etag", sa.Text),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.PrimaryKeyConstraint("tenant_id", "caller", "route", "key"),
        sa.Index(None, "recorded_at"),
    )


def body_digest(body: bytes) -> str:
    """SHA-256 of the request's canonical body, in hex."""
    return hashlib.sha256(body).hexdigest()


async def _read_key(idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key")] = None) -> str | None:
    if idempotency_key is None:
        return None
    if not 1 <= len(idempotency_key) <= MAX_KEY_CHARACTERS or not idempotency_key.isprintable():
        raise Problem(400, "idempotency_key_malformed", "Idempotency-Key must be 1 to 255 printable characters")
    return idempotency_key


IdempotencyKey = Annotated[str | None, Depends(_read_key)]


async def claim(connection: AsyncConnection, table: sa.Table, request: RequestKey) -> StoredResponse | None:
    """Take the key for this transaction, or give back the first answer.

    Raises Problem 409 `request_in_flight` while another transaction holds the key, and 422
    `idempotency_key_reused` when the key was used for another body.
    """
    lock = sa.select(sa.func.pg_try_advisory_xact_lock(_lock_number(request)))
    held = bool((await connection.execute(lock)).scalar_one())
    # Only now: a statement sees what was committed before it began, and the one who held the lock may just have.
    columns = (table.c.body_digest, table.c.status, table.c.body, table.c.etag)
    row = (await connection.execute(sa.select(*columns).where(_matches(table, request)))).one_or_none()
    if row is None:
        return answer_for(request, held=held, body_digest=None, status=None, body=None, etag=None)
    return answer_for(request, held=held, body_digest=row.body_digest, status=row.status, body=row.body, etag=row.etag)


def answer_for(
    request: RequestKey, *, held: bool, body_digest: str | None, status: int | None, body: str | None, etag: str | None
) -> StoredResponse | None:
    """Judge what was found under the key (for callers that read it along with other things in one statement)."""
    if body_digest is not None and status is not None and body is not None:
        if body_digest != request.body_digest:
            raise Problem(422, "idempotency_key_reused", "This Idempotency-Key was used for a different request")
        return StoredResponse(status=status, body=body, etag=etag)
    if not held:
        raise in_flight()
    return None


async def remember(
    connection: AsyncConnection,
    table: sa.Table,
    request: RequestKey,
    *,
    status: int,
    body: str,
    etag: str | None = None,
) -> None:
    """Keep the answer, in the transaction that has the effect. Raises Problem 409 when somebody else just did."""
    statement = (
        insert(table)
        .values(
            tenant_id=request.tenant_id,
            caller=request.caller,
            route=request.route,
            key=request.key,
            body_digest=request.body_digest,
            status=status,
            body=body,
            etag=etag,
        )
        .on_conflict_do_nothing()
        .returning(table.c.status)
    )
    if (await connection.execute(statement)).first() is None:
        raise in_flight()


def in_flight() -> Problem:
    """409: the same request is being worked on right now."""
    return Problem(
        409,
        "request_in_flight",
        "The same request is being worked on; ask again in a moment",
        headers={"Retry-After": "1"},
    )


def _matches(table: sa.Table, request: RequestKey) -> sa.ColumnElement[bool]:
    return sa.and_(
        table.c.tenant_id == request.tenant_id,
        table.c.caller == request.caller,
        table.c.route == request.route,
        table.c.key == request.key,
    )


def _lock_number(request: RequestKey) -> int:
    named = f"{request.tenant_id}|{request.caller}|{request.route}|{request.key}".encode()
    return int.from_bytes(hashlib.sha256(named).digest()[:8], "big", signed=True)
