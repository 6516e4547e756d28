"""The frame's unit of work with journeys beside it, for what a dual relationship sets going: everything in one commit."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from services.referrals.adapters.conflict_repository import ConflictRepository
from services.referrals.adapters.handoff_unit_of_work import HandoffUnitOfWork
from services.referrals.adapters.referral_disclosure import CONSENTS
from services.referrals.adapters.referral_repository import ReferralRepository
from services.referrals.adapters.unit_of_work import PostgresWorks, UnitOfWork
from services.referrals.domain.protocol_shelf import ProtocolShelf
from services.referrals.use_cases.once import Once


class ConflictUnitOfWork(HandoffUnitOfWork):
    """What declaring holds while its transaction is open."""

    def __init__(self, unit: UnitOfWork, *, protocols: ProtocolShelf) -> None:
        super().__init__(unit, protocols=protocols)
        self.tasks = unit.tasks
        self.dual_relationships = unit.dual_relationships
        changes = ReferralRepository(
            unit.connection, tenant_id=unit.tenant_id, disclosure=CONSENTS, write_later=unit.write_later
        )
        self.conflicts = ConflictRepository(unit.connection, tenant_id=unit.tenant_id, changes=changes)


class ConflictWorks:
    """Begins units of work of this part on those of the frame."""

    def __init__(self, works: PostgresWorks, *, protocols: ProtocolShelf) -> None:
        self._works = works
        self._protocols = protocols

    @asynccontextmanager
    async def begin(self, tenant_id: UUID, *, once: Once | None = None) -> AsyncIterator[ConflictUnitOfWork]:
        """Open a transaction; raises AlreadyAnswered when this request was answered before."""
        async with self._works.begin(tenant_id, once=once) as unit:
            yield ConflictUnitOfWork(unit, protocols=self._protocols)
