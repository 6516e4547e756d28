"""The frame's unit of work with the journeys of its tenant beside it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.adapters.episode_repository import EpisodeRepository
from services.referrals.adapters.handoff_repository import HandoffRepository
from services.referrals.adapters.row_writer import insert_rows
from services.referrals.adapters.sheet_repository import SheetRepository
from services.referrals.adapters.unit_of_work import PostgresWorks, UnitOfWork
from services.referrals.domain.protocol_shelf import ProtocolShelf
from services.referrals.use_cases.once import Once
from shared.contracts.events import EventData, EventType


class HandoffUnitOfWork:
    """What a use case of transitions and handoffs holds while its transaction is open."""

    def __init__(self, unit: UnitOfWork, *, protocols: ProtocolShelf) -> None:
        self._unit = unit
        self.programmes, self.workers, self.people = unit.programmes, unit.workers, unit.people
        self.handoffs = HandoffRepository(
            unit.connection, tenant_id=unit.tenant_id, protocols=protocols, write_later=unit.write_later
        )
        self.episodes = EpisodeRepository(unit.connection, tenant_id=unit.tenant_id)
        self.sheets = SheetRepository(unit.connection, tenant_id=unit.tenant_id)

    def announce(self, event: EventType, *, subject: UUID, data: EventData) -> None:
        """A fact for the outbox; written when the unit of work is left cleanly."""
        self._unit.announce(event, subject=subject, data=data)

    def answer(self, result: object) -> None:
        """The result that the caller's key will stand for."""
        self._unit.answer(result)


class HandoffWorks:
    """Begins units of work of this part on those of the frame."""

    def __init__(self, works: PostgresWorks, *, protocols: ProtocolShelf) -> None:
        self._works = works
        self._protocols = protocols

    @asynccontextmanager
    async def begin(self, tenant_id: UUID, *, once: Once | None = None) -> AsyncIterator[HandoffUnitOfWork]:
        """Open a transaction; raises AlreadyAnswered when this request was answered before."""
        async with self._works.begin(tenant_id, once=once) as unit:
            yield HandoffUnitOfWork(unit, protocols=self._protocols)


class HandoffWorksWithin:
    """The same inside a transaction that somebody else opened and will commit (an event being processed)."""

    def __init__(self, *, protocols: ProtocolShelf) -> None:
        self._protocols = protocols

    @asynccontextmanager
    async def __call__(self, connection: AsyncConnection, tenant_id: UUID) -> AsyncIterator[HandoffUnitOfWork]:
        """Lend the connection to a unit of work; its new rows are written when it is left cleanly."""
        unit = UnitOfWork(connection, tenant_id=tenant_id)
        yield HandoffUnitOfWork(unit, protocols=self._protocols)
        await insert_rows(connection, unit.rows(), tenant_id=tenant_id)
