"""One transaction of one tenant: idempotency, repositories, outbox and history in a single commit, bells after it.

A part of the service with tables of its own adds its repository as one attribute of `UnitOfWork`.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.referrals.adapters.assignment_parties import read_parties
from services.referrals.adapters.database_errors import broken_constraint, translated
from services.referrals.adapters.directory_book import DirectoryBook
from services.referrals.adapters.matching_repository import MatchingRepository
from services.referrals.adapters.pending_work import PendingWork, rendered, request_key
from services.referrals.adapters.person_houses import is_known_in_the_house_of, is_known_to
from services.referrals.adapters.person_visibility import is_party_to
from services.referrals.adapters.repositories import RECORD_TABLES, Relation, TableRecords, TableTeamMembers
from services.referrals.adapters.row_writer import insert_rows
from services.referrals.adapters.tables import idempotency
from services.referrals.adapters.task_repository import NewTasks, TaskRepository
from services.referrals.adapters.worker_houses import is_about_the_house_of, works_in_the_house_of
from services.referrals.domain.actor import Actor
from services.referrals.domain.assignment import Parties, Wish
from services.referrals.domain.ceilings import CapacityTerms
from services.referrals.domain.credential import Credential
from services.referrals.domain.directory import Organization, Programme, Record, Team, Worker
from services.referrals.domain.dual_relationships import DualRelationship
from services.referrals.domain.person import Person
from services.referrals.domain.roster import Absence, Shift
from services.referrals.use_cases.once import AlreadyAnswered, Once
from services.referrals.use_cases.ports import RecordT
from shared.database import transaction
from shared.idempotency import RequestKey, StoredResponse, claim, in_flight

_IN_HOUSE: Mapping[type[Record], Relation] = {
    Person: is_known_in_the_house_of,
    Worker: works_in_the_house_of,
    DualRelationship: is_about_the_house_of,
}
"""How a record belongs to the house of a worker, for lists that ask for it."""


class UnitOfWork(PendingWork):
    """What a use case holds while its transaction is open."""

    def __init__(self, connection: AsyncConnection, *, tenant_id: UUID) -> None:
        super().__init__(tenant_id=tenant_id)
        self.connection = connection
        self.organizations = self._records(Organization)
        self.programmes = self._records(Programme)
        self.people = self._records(Person)
        self.workers = self._records(Worker)
        self.credentials = self._records(Credential)
        self.teams = self._records(Team)
        self.shifts = self._records(Shift)
        self.absences = self._records(Absence)
        self.dual_relationships = self._records(DualRelationship)
        self.capacity_terms = self._records(CapacityTerms)
        self.directory_book = DirectoryBook(connection, tenant_id=tenant_id)
        self.matching = MatchingRepository(connection, tenant_id=tenant_id)
        self.team_members = TableTeamMembers(connection, tenant_id=tenant_id)
        self.tasks = TaskRepository(connection, tenant_id=tenant_id, write_later=self.write_later)

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
            known_in_house=_IN_HOUSE.get(record_type),
        )


class AddingWork(PendingWork):
    """What a use case holds that only adds: there is no transaction yet, and nothing can be read."""

    def __init__(self, *, tenant_id: UUID) -> None:
        super().__init__(tenant_id=tenant_id)
        self.tasks = NewTasks(write_later=self.write_later)


class PostgresWorks:
    """Begins units of work on PostgreSQL. `after_commit` is rung when facts wait in the outbox; it never blocks."""

    def __init__(self, engine: AsyncEngine, *, after_commit: Callable[[], None]) -> None:
        self._engine = engine
        # One statement is one transaction: without BEGIN and COMMIT of its own it costs one round trip, not four.
        self._single = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._after_commit = after_commit

    @asynccontextmanager
    async def begin(self, tenant_id: UUID, *, once: Once | None = None) -> AsyncIterator[UnitOfWork]:
        """Open a transaction; raises AlreadyAnswered when this request was answered before."""
        key = request_key(once, tenant_id=tenant_id)
        async with transaction(self._engine, tenant_id=tenant_id) as connection:
            if key is not None and (stored := await claim(connection, idempotency, key)) is not None:
                raise AlreadyAnswered(rendered(stored))
            work = UnitOfWork(connection, tenant_id=tenant_id)
            yield work
            with translated("record"):
                await insert_rows(connection, work.rows(once=once), tenant_id=tenant_id)
        if work.announced:
            self._after_commit()

    @asynccontextmanager
    async def adding(self, tenant_id: UUID, *, once: Once | None = None) -> AsyncIterator[AddingWork]:
        """Gather what is new and write it in one statement when left cleanly.

        Of two requests with the same key the later one waits for the earlier, and raises AlreadyAnswered with its answer.
        """
        work = AddingWork(tenant_id=tenant_id)
        yield work
        try:
            async with self._single.connect() as connection:
                await insert_rows(connection, work.rows(once=once), tenant_id=tenant_id)
        except IntegrityError as error:
            key = request_key(once, tenant_id=tenant_id)
            if key is not None and broken_constraint(error) == idempotency.primary_key.name:
                raise AlreadyAnswered(rendered(await self._first_answer(key))) from None
            with translated("record"):
                raise
        if work.announced:
            self._after_commit()

    async def parties(self, wish: Wish, *, by: Actor, assigner_worker_id: UUID, once: Once) -> Parties:
        """What a question to the guard is made of, and whether the request was answered before.

        One reading where the person is at home with whoever asks; a second look where they are not, for the relation.
        """
        key = request_key(once, tenant_id=by.tenant_id)
        async with self._single.connect() as connection:
            found, stored = await read_parties(
                connection, wish, tenant_id=by.tenant_id, assigner_worker_id=assigner_worker_id, key=key
            )
            if stored is not None:
                raise AlreadyAnswered(rendered(stored))
            if wish.person_id is None or (by.sees_whole_tenant and found.person_at_home):
                return found
            known = await is_known_to(connection, by=by, person_ids=(wish.person_id, found.person_id))
        return replace(found, person_known=known)

    async def _first_answer(self, key: RequestKey) -> StoredResponse:
        async with transaction(self._engine, tenant_id=key.tenant_id) as connection:
            stored = await claim(connection, idempotency, key)
        if stored is None:
            raise in_flight()  # kept a moment ago and purged since: let the caller ask once more
        return stored
