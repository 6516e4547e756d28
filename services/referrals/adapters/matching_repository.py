"""What matching reads, and what is kept for it alone, on PostgreSQL."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.adapters.database_errors import translated
from services.referrals.adapters.handoff_candidates import read_peers
from services.referrals.adapters.matching_tables import lived_experience, person_wishes
from services.referrals.adapters.tables import people
from services.referrals.domain.errors import NotFound
from services.referrals.use_cases.matching_ports import LivedExperience, PeersAround


class MatchingRepository:
    """Inside one tenant and one transaction."""

    def __init__(self, connection: AsyncConnection, *, tenant_id: UUID) -> None:
        self._connection = connection
        self._tenant_id = tenant_id

    async def peers_around(
        self, *, programme_id: UUID, person_id: UUID | None, sender_worker_id: UUID | None, on: datetime
    ) -> PeersAround:
        """Everybody who could be thought of. Raises NotFound for an unknown programme."""
        found = await read_peers(
            self._connection,
            tenant_id=self._tenant_id,
            programme_id=programme_id,
            person_id=person_id,
            sender_worker_id=sender_worker_id,
            on=on,
        )
        if found is None:
            raise NotFound("programme")
        return found

    async def lived_experience(self, worker_id: UUID) -> LivedExperience:
        """What this peer said; nothing, unused, where nothing was."""
        table = lived_experience
        asked = sa.select(table.c.codes, table.c.use_for_matching).where(
            table.c.tenant_id == self._tenant_id, table.c.worker_id == worker_id
        )
        row = (await self._connection.execute(asked)).first()
        if row is None:
            return LivedExperience()
        return LivedExperience(codes=tuple(row.codes), use_for_matching=row.use_for_matching)

    async def keep_lived_experience(self, said: LivedExperience, *, worker_id: UUID, at: datetime) -> None:
        """In the place of what was said before."""
        row = {
            "worker_id": worker_id,
            "codes": list(said.codes),
            "use_for_matching": said.use_for_matching,
            "recorded_at": at,
        }
        await self._put(lived_experience, row, key="worker_id")

    async def wish(self, person_id: UUID) -> tuple[str, ...]:
        """What the person asked for. Raises NotFound for an unknown person."""
        asked = (
            sa.select(person_wishes.c.codes)
            .select_from(people)
            .outerjoin(
                person_wishes,
                sa.and_(person_wishes.c.tenant_id == people.c.tenant_id, person_wishes.c.person_id == people.c.id),
            )
            .where(people.c.tenant_id == self._tenant_id, people.c.id == person_id)
        )
        row = (await self._connection.execute(asked)).first()
        if row is None:
            raise NotFound("person")
        return tuple(row.codes or ())

    async def keep_wish(self, codes: tuple[str, ...], *, person_id: UUID, by: UUID | None, at: datetime) -> None:
        """In the place of what was asked for before. Raises NotFound for an unknown person."""
        row = {"person_id": person_id, "codes": list(codes), "recorded_by_worker_id": by, "recorded_at": at}
        with translated("wish"):
            await self._put(person_wishes, row, key="person_id")

    async def _put(self, table: sa.Table, row: Mapping[str, Any], *, key: str) -> None:
        new = insert(table).values(tenant_id=self._tenant_id, **row)
        changed = {name: new.excluded[name] for name in row if name != key}
        await self._connection.execute(new.on_conflict_do_update(index_elements=["tenant_id", key], set_=changed))
