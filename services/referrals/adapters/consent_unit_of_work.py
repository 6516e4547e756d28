"""The frame's unit of work with consents beside it, and with what they stop: referrals and handoffs, in one commit."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from services.referrals.adapters.consent_repository import ConsentRepository
from services.referrals.adapters.handoff_unit_of_work import HandoffUnitOfWork
from services.referrals.adapters.referral_disclosure import CONSENTS
from services.referrals.adapters.referral_repository import ReferralRepository
from services.referrals.adapters.unit_of_work import PostgresWorks, UnitOfWork
from services.referrals.domain.protocol_shelf import ProtocolShelf
from services.referrals.use_cases.once import Once


class ConsentUnitOfWork(HandoffUnitOfWork):
    """What a use case of consents holds while its transaction is open."""

    def __init__(self, unit: UnitOfWork, *, protocols: ProtocolShelf) -> None:
        super().__init__(unit, protocols=protocols)
        self.people = unit.people
        changes = ReferralRepository(
            unit.connection, tenant_id=unit.tenant_id, disclosure=CONSENTS, write_later=unit.write_later
        )
        self.consents = ConsentRepository(unit.connection, tenant_id=unit.tenant_id, changes=changes)


class ConsentWorks:
    """Begins units of work of this part on those of the frame."""

    def __init__(self, works: PostgresWorks, *, protocols: ProtocolShelf) -> None:
        self._works = works
        self._protocols = protocols

    @asynccontextmanager
    async def begin(self, tenant_id: UUID, *, once: Once | None = None) -> AsyncIterator[ConsentUnitOfWork]:
        """Open a transaction; raises AlreadyAnswered when this request was answered before."""
        async with self._works.begin(tenant_id, once=once) as unit:
            yield ConsentUnitOfWork(unit, protocols=self._protocols)
