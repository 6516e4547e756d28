"""One transaction of one tenant: idempotency, repositories, outbox and history in a single commit, bells after it.

A part of the service with tables of its own adds its repository as one attribute of `UnitOfWork`.
"""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.referrals.adapters.database_errors import translated
from services.referrals.adapters.person_visibility import is_party_to
from services.referrals.adapters.repositories import RECORD_TABLES, TableRecords, TableTeamMembers
from services.referrals.adapters.row_writer import NewRow, insert_rows
from services.referrals.adapters.tables import idempotency, outbox
from services.referrals.adapters.task_repository import TaskRepository
from services.referrals.domain.credential import Credential
from services.referrals.domain.directory import Organization, Programme, Team, Worker
from services.referrals.domain.person import Person
from services.referrals.use_cases.once import AlreadyAnswered, Once, Rendered
from services.referrals.use_cases.ports import RecordT
from shared.contracts.codes import Service
from shared.contracts.events import Event, EventData, EventType
from shared.database import transaction
from shared.etags import etag
from shared.idempotency import RequestKey, StoredResponse, claim
from shared.outbox import new_event, outbox_rows


class UnitOfWork:
    """What a use case holds while its transaction is open."""

    def __init__(self, connection: AsyncConnection, *, tenant_id: UUID) -> None:
        self.connection = connection
        self.tenant_id = tenant_id
        self.announced: list[Event] = []
        self.new_rows: list[NewRow] = []
        self.result: object | None = None
        self.organizations = self._records(Organization)
        self.programmes = self._records(Programme)
        self.people = self._records(Person)
        self.workers = self._records(Worker)
        self.credentials = self._records(Credential)
        self.teams = self._records(Team)
        self.team_members = TableTeamMembers(connection, tenant_id=tenant_id)
        self.tasks = TaskRepository(connection, tenant_id=tenant_id, write_later=self.write_later)

    def announce(self, event: EventType, *, subject: UUID, data: EventData) -> None:
        """A fact for the outbox; written when the unit of work is left cleanly."""
        self.announced.append(new_event(source=Service.REFERRALS, type=event, subject=subject, data=data))

    def answer(self, result: object) -> None:
        """The result that the caller's key will stand for."""
        self.result = result

    def write_later(self, table: sa.Table, row: Mapping[str, Any]) -> None:
        """A new row, written together with all others in one statement when the unit of work is left cleanly."""
        self.new_rows.append((table, row))

    def _records(self, record_type: type[RecordT]) -> TableRecords[RecordT]:
        table, kind, unique_pointer = RECORD_TABLES[record_type]
        return TableRecords(
            self.connection,
            tenant_id=self.tenant_id,
            table=table,
            record_type=record_type,
            kind=kind,
            unique_pointer=unique_pointer,
            party_to=is_party_to if record_type is Person else None,
        )


class PostgresWorks:
    """Begins units of work on PostgreSQL. `after_commit` is rung when facts wait in the outbox; it never blocks."""

    def __init__(self, engine: AsyncEngine, *, after_commit: Callable[[], None]) -> None:
        self._engine = engine
        self._after_commit = after_commit

    @asynccontextmanager
    async def begin(self, tenant_id: UUID, *, once: Once | None = None) -> AsyncIterator[UnitOfWork]:
        """Open a transaction; raises AlreadyAnswered when this request was answered before."""
        key = None if once is None else _request_key(once, tenant_id=tenant_id)
        async with transaction(self._engine, tenant_id=tenant_id) as connection:
            if key is not None and (stored := await claim(connection, idempotency, key)) is not None:
                raise AlreadyAnswered(_as_rendered(stored))
            work = UnitOfWork(connection, tenant_id=tenant_id)
            yield work
            rows = work.new_rows + [(outbox, row) for row in outbox_rows(work.announced)]
            if once is not None and key is not None and work.result is not None:
                rows.append((idempotency, _answer_row(key, once.render(work.result))))
            with translated("record"):
                await insert_rows(connection, rows)
        if work.announced:
            self._after_commit()


def _request_key(once: Once, *, tenant_id: UUID) -> RequestKey | None:
    if once.key is None:
        return None
    return RequestKey(
        tenant_id=tenant_id, caller=once.caller, route=once.route, key=once.key, body_digest=once.body_digest
    )


def _answer_row(key: RequestKey, answer: Rendered) -> dict[str, Any]:
    """The answer under its key. The claim's lock, held until commit, keeps anybody else from writing it too."""
    return {
        "tenant_id": key.tenant_id,
        "caller": key.caller,
        "route": key.route,
        "key": key.key,
        "body_digest": key.body_digest,
        "status": answer.status,
        "body": answer.body,
        "etag": None if answer.version is None else etag(answer.version),
    }


def _as_rendered(stored: StoredResponse) -> Rendered:
    version = None if stored.etag is None else int(stored.etag.strip('"'))
    retry_after = json.loads(stored.body).get("retry_after_seconds")
    return Rendered(status=stored.status, body=stored.body, version=version, retry_after=retry_after)
