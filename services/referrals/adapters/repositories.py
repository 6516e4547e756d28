"""Directory records, mapped by hand: a record's fields and its table's columns have the same names."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from enum import Enum
from typing import Any, Generic
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.adapters import matching_tables, roster_tables, tables
from services.referrals.adapters.database_errors import translated
from services.referrals.domain.ceilings import CapacityTerms
from services.referrals.domain.credential import Credential, CredentialStage
from services.referrals.domain.directory import Organization, Programme, Team, Worker
from services.referrals.domain.dual_relationships import DualRelationship
from services.referrals.domain.errors import NotFound, Stale
from services.referrals.domain.person import ContactPreference, Person
from services.referrals.domain.roster import Absence, Duty, Shift
from services.referrals.use_cases.ports import RecordT
from shared.contracts.codes import IntegrationModel, PracticeRole, Setting

Restore = Callable[[Any], Any]
Relation = Callable[[sa.Table, UUID], sa.ColumnElement[bool]]
"""Whether a worker stands in some relation to the record of the row at hand."""

_RESTORE: dict[str, Restore] = {
    "setting": Setting,
    "integration_model": IntegrationModel,
    "practice_role": PracticeRole,
    "contact_preference": ContactPreference,
    "stage": CredentialStage,
    "duty": Duty,
    "policy_flags": tuple,
    "languages": tuple,
}
"""Columns whose stored form is not what the record holds."""


def stored(value: object) -> object:
    """The form in which a record's field is kept in a column."""
    if isinstance(value, Enum):
        return value.value
    return list(value) if isinstance(value, tuple) else value


class TableRecords(Generic[RecordT]):
    """One kind of record in one table, inside one tenant. `unique_pointer` names the field of a second identity."""

    def __init__(
        self,
        connection: AsyncConnection,
        *,
        tenant_id: UUID,
        table: sa.Table,
        record_type: type[RecordT],
        kind: str,
        unique_pointer: str = "",
        party_to: Relation | None = None,
        known_in_house: Relation | None = None,
    ) -> None:
        self._connection = connection
        self._tenant_id = tenant_id
        self._table = table
        self._type = record_type
        self._names = [field.name for field in fields(record_type)]
        self._kind = kind
        self._unique_pointer = unique_pointer
        self._party_to = party_to
        self._known_in_house = known_in_house

    async def add(self, record: RecordT) -> None:
        """Keep a new record."""
        with translated(self._kind, unique_pointer=self._unique_pointer):
            await self._connection.execute(sa.insert(self._table), self._row(record))

    async def get(self, record_id: UUID) -> RecordT:
        """The record. Raises NotFound."""
        row = (await self._connection.execute(self._select().where(self._table.c.id == record_id))).first()
        if row is None:
            raise NotFound(self._kind)
        return self.restore(row._mapping)

    async def replace(self, record: RecordT) -> None:
        """Keep a changed record. Raises Stale when its version is not one above the stored one."""
        table = self._table
        here = sa.and_(table.c.tenant_id == self._tenant_id, table.c.id == record.id)
        change = sa.update(table).where(here, table.c.version == record.version - 1).values(self._row(record))
        with translated(self._kind, unique_pointer=self._unique_pointer):
            result = await self._connection.execute(change)
        if result.rowcount == 0:
            current = (await self._connection.execute(sa.select(table.c.version).where(here))).scalar()
            if current is None:
                raise NotFound(self._kind)
            raise Stale(current=current)

    async def page(
        self,
        *,
        where: Mapping[str, object],
        after: UUID | None,
        limit: int,
        party: UUID | None = None,
        house_of: UUID | None = None,
    ) -> Sequence[RecordT]:
        """Up to `limit` records after `after`, in order of id."""
        query = self._select().order_by(self._table.c.id).limit(limit)
        for name, value in where.items():
            query = query.where(self._table.c[name] == stored(value))
        if after is not None:
            query = query.where(self._table.c.id > after)
        for worker_id, condition in ((party, self._party_to), (house_of, self._known_in_house)):
            if worker_id is not None:
                if condition is None:
                    raise TypeError(f"nobody is party to a {self._kind}")
                query = query.where(condition(self._table, worker_id))
        return [self.restore(row._mapping) for row in await self._connection.execute(query)]

    def restore(self, row: Mapping[Any, Any]) -> RecordT:
        """A record from a row that holds at least its columns."""
        return self._type(**{name: restored(name, row[name]) for name in self._names})

    def _select(self) -> sa.Select[Any]:
        columns = [self._table.c[name] for name in self._names]
        return sa.select(*columns).where(self._table.c.tenant_id == self._tenant_id)

    def _row(self, record: RecordT) -> dict[str, object]:
        return {name: stored(getattr(record, name)) for name in self._names}


def restored(name: str, value: Any) -> Any:
    """The value of the column `name` as a record holds it."""
    restore = _RESTORE.get(name)
    return value if restore is None or value is None else restore(value)


class TableTeamMembers:
    """Memberships of teams; being one twice is being one."""

    def __init__(self, connection: AsyncConnection, *, tenant_id: UUID) -> None:
        self._connection = connection
        self._tenant_id = tenant_id

    async def add(self, *, team_id: UUID, worker_ids: Sequence[UUID], at: datetime) -> None:
        """Make the workers members. Raises NotFound for an unknown worker or team."""
        rows = [
            {"tenant_id": self._tenant_id, "team_id": team_id, "worker_id": worker_id, "recorded_at": at}
            for worker_id in dict.fromkeys(worker_ids)
        ]
        if rows:
            with translated("team member"):
                await self._connection.execute(insert(tables.team_members).values(rows).on_conflict_do_nothing())

    async def remove(self, *, team_id: UUID, worker_ids: Sequence[UUID]) -> None:
        """End their membership."""
        table = tables.team_members
        await self._connection.execute(
            sa.delete(table).where(
                table.c.tenant_id == self._tenant_id, table.c.team_id == team_id, table.c.worker_id.in_(worker_ids)
            )
        )

    async def of(self, team_id: UUID) -> Sequence[UUID]:
        """Ids of the members, in order."""
        table = tables.team_members
        rows = await self._connection.execute(
            sa.select(table.c.worker_id)
            .where(table.c.tenant_id == self._tenant_id, table.c.team_id == team_id)
            .order_by(table.c.worker_id)
        )
        return list(rows.scalars())


RECORD_TABLES: dict[type[Any], tuple[sa.Table, str, str]] = {
    Organization: (tables.organizations, "organization", ""),
    Programme: (tables.programmes, "programme", ""),
    Person: (tables.people, "person", ""),
    Worker: (tables.workers, "worker", ""),
    Credential: (tables.credentials, "credential", "/number"),
    Team: (tables.teams, "team", ""),
    Shift: (roster_tables.on_call_shifts, "shift", ""),
    Absence: (roster_tables.worker_absences, "absence", ""),
    DualRelationship: (matching_tables.dual_relationships, "dual relationship", ""),
    CapacityTerms: (matching_tables.capacity_terms, "day of new capacity terms", "/effective_from"),
}
"""Record -> its table, its plain name, and the field that a second identity lies in."""
