"""The directory of help on PostgreSQL: kept by id, and put together again in the shape of HSDS."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.adapters.database_errors import translated
from services.referrals.adapters.directory_tables import TABLES
from services.referrals.domain.directory_kinds import KINDS
from services.referrals.domain.directory_reading import Row
from services.referrals.domain.errors import NotFound
from services.referrals.use_cases.directory_book_ports import Entry, ServiceSearch

_AT_ONCE = 500
_WHOLE_INSIDE = frozenset({"location", "taxonomy_term", "unit"})
"""Objects that are told with everything; an organisation inside a service is told by its own fields."""


class DirectoryBook:
    """Inside one tenant and one transaction."""

    def __init__(self, connection: AsyncConnection, *, tenant_id: UUID) -> None:
        self._connection = connection
        self._tenant_id = tenant_id

    async def keep(self, kind: str, rows: Mapping[UUID, Row], *, at: datetime) -> int:
        """Add what is new and change what differs; how many."""
        table, changed = TABLES[kind], 0
        links = {f"{link}_id" for link in KINDS[kind].links}
        every = [{"tenant_id": self._tenant_id, "id": key, "recorded_at": at, **row} for key, row in rows.items()]
        for start in range(0, len(every), _AT_ONCE):
            new = insert(table).values(every[start : start + _AT_ONCE])
            told: dict[str, sa.ColumnElement[Any]] = {name: new.excluded[name] for name in KINDS[kind].fields}
            told |= {name: sa.func.coalesce(new.excluded[name], table.c[name]) for name in links}
            differs = sa.or_(*(table.c[name].is_distinct_from(value) for name, value in told.items()))
            statement = new.on_conflict_do_update(
                index_elements=["tenant_id", "id"], set_=told | {"recorded_at": at}, where=differs
            )
            with translated(kind):
                changed += (await self._connection.execute(statement)).rowcount
        return changed

    async def services(self, wanted: ServiceSearch, *, after: UUID | None, limit: int) -> Sequence[Entry]:
        """Services in order of id, with their organisation."""
        services = TABLES["service"]
        found = await self._rows("service", *_conditions(services, wanted), after=after, limit=limit)
        wanted_ids = [row["organization_id"] for row in found]
        offering = {
            row["id"]: row for row in await self._rows("organization", TABLES["organization"].c.id.in_(wanted_ids))
        }
        return [_entry("service", row, organization=offering.get(row["organization_id"])) for row in found]

    async def organizations(self, *, after: UUID | None, limit: int) -> Sequence[Entry]:
        """Organisations in order of id."""
        return [_entry("organization", row) for row in await self._rows("organization", after=after, limit=limit)]

    async def whole(self, kind: str, entry_id: UUID) -> Entry:
        """One thing with everything that hangs on it. Raises NotFound."""
        found = await self._rows(kind, TABLES[kind].c.id == entry_id)
        if not found:
            raise NotFound(kind.replace("_", " "))
        return Entry(id=entry_id, content=(await self._assembled(kind, found, inside=None))[0])

    async def _assembled(self, kind: str, rows: Sequence[Row], *, inside: str | None) -> list[dict[str, Any]]:
        """Rows in the shape of HSDS, with what they hold: one statement a kind and depth, however many rows there are."""
        told = [_own(kind, row) for row in rows]
        for name, other in KINDS[kind].objects.items():
            if other in (inside, kind):
                continue
            ids = [row[f"{other}_id"] for row in rows]
            found = await self._rows(other, TABLES[other].c.id.in_([one for one in ids if one is not None]))
            shaped = [_own(other, row) for row in found]
            if other in _WHOLE_INSIDE:
                shaped = await self._assembled(other, found, inside=kind)
            by_id = {one["id"]: one for one in shaped}
            for own, key in zip(told, ids, strict=True):
                if key in by_id:
                    own[name] = by_id[key]
        for name, other in KINDS[kind].lists.items():
            if other == inside or not rows:
                continue
            link = TABLES[other].c[f"{kind}_id"]
            found = await self._rows(other, link.in_([row["id"] for row in rows]))
            shaped = await self._assembled(other, found, inside=kind)
            for own in told:
                own[name] = [one for one, row in zip(shaped, found, strict=True) if row[f"{kind}_id"] == own["id"]]
        return told

    async def _rows(
        self, kind: str, *conditions: sa.ColumnElement[bool], after: UUID | None = None, limit: int | None = None
    ) -> Sequence[Row]:
        table = TABLES[kind]
        query = sa.select(table).where(table.c.tenant_id == self._tenant_id, *conditions).order_by(table.c.id)
        if after is not None:
            query = query.where(table.c.id > after)
        if limit is not None:
            query = query.limit(limit)
        return [dict(row._mapping) for row in await self._connection.execute(query)]


def _conditions(services: sa.Table, wanted: ServiceSearch) -> list[sa.ColumnElement[bool]]:
    conditions = []
    places = TABLES["service_at_location"]
    here = sa.and_(places.c.tenant_id == services.c.tenant_id, places.c.service_id == services.c.id)
    if wanted.text is not None:
        text = services.c.name + sa.literal(" ") + sa.func.coalesce(services.c.description, "")
        conditions.append(text.icontains(wanted.text, autoescape=True))
    if wanted.taxonomy_term is not None:
        attributes, terms = TABLES["attribute"], TABLES["taxonomy_term"]
        conditions.append(
            sa.exists().where(
                attributes.c.tenant_id == services.c.tenant_id,
                attributes.c.service_id == services.c.id,
                terms.c.tenant_id == attributes.c.tenant_id,
                terms.c.id == attributes.c.taxonomy_term_id,
                terms.c.code == wanted.taxonomy_term,
            )
        )
    if wanted.language is not None:
        spoken = TABLES["language"]
        at_its_places = sa.select(places.c.location_id).where(here).correlate(services)
        conditions.append(
            sa.exists().where(
                spoken.c.tenant_id == services.c.tenant_id,
                spoken.c.code == wanted.language,
                sa.or_(spoken.c.service_id == services.c.id, spoken.c.location_id.in_(at_its_places)),
            )
        )
    if wanted.near is not None:
        addresses = TABLES["address"]
        plain = sa.func.upper(sa.func.replace(addresses.c.postal_code, " ", ""))
        beginning = wanted.near.replace(" ", "").upper()
        conditions.append(
            sa.exists().where(
                here,
                addresses.c.tenant_id == places.c.tenant_id,
                addresses.c.location_id == places.c.location_id,
                plain.startswith(beginning, autoescape=True),
            )
        )
    return conditions


def _own(kind: str, row: Row) -> dict[str, Any]:
    """A row's own fields as HSDS writes them; what is not known is left out."""
    names = ("id", *(f"{link}_id" for link in KINDS[kind].links), *KINDS[kind].fields)
    return {name: _written(row[name]) for name in names if row[name] is not None}


def _written(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value.isoformat() if isinstance(value, date | datetime) else value


def _entry(kind: str, row: Row, *, organization: Row | None = None) -> Entry:
    content = _own(kind, row)
    if organization is not None:
        content["organization"] = _own("organization", organization)
    return Entry(id=row["id"], content=content)
