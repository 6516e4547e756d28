"""The frame's units of work with the referrals of their tenant beside them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from services.referrals.adapters.assignment_parties import read_parties
from services.referrals.adapters.pending_work import PendingWork, rendered, request_key
from services.referrals.adapters.person_houses import is_known_to
from services.referrals.adapters.referral_disclosure import DisclosureRule
from services.referrals.adapters.referral_repository import NewReferralRows, ReferralRepository
from services.referrals.adapters.referral_surroundings import read_chain, read_surroundings
from services.referrals.adapters.unit_of_work import PostgresWorks, UnitOfWork
from services.referrals.domain.actor import Actor
from services.referrals.domain.assignment import Parties, Wish
from services.referrals.domain.errors import NotFound
from services.referrals.domain.referral_address import ReferralSurroundings, ReferralWish
from services.referrals.use_cases.once import AlreadyAnswered, Once
from shared.contracts.events import EventData, EventType


class _Announcing:
    """Hands facts and the answer on to the unit of work that will write them."""

    def __init__(self, unit: PendingWork) -> None:
        self._unit = unit

    def announce(self, event: EventType, *, subject: UUID, data: EventData) -> None:
        """A fact for the outbox; written when the unit of work is left cleanly."""
        self._unit.announce(event, subject=subject, data=data)

    def answer(self, result: object) -> None:
        """The result that the caller's key will stand for."""
        self._unit.answer(result)


class ReferralUnitOfWork(_Announcing):
    """What a use case of referrals holds while its transaction is open."""

    def __init__(self, unit: UnitOfWork, *, disclosure: DisclosureRule) -> None:
        super().__init__(unit)
        self.programmes, self.workers = unit.programmes, unit.workers
        self.teams, self.team_members = unit.teams, unit.team_members
        self.referrals = ReferralRepository(
            unit.connection, tenant_id=unit.tenant_id, disclosure=disclosure, write_later=unit.write_later
        )


class AddingReferrals(_Announcing):
    """What a use case holds that only adds."""

    def __init__(self, unit: PendingWork) -> None:
        super().__init__(unit)
        self.referrals = NewReferralRows(write_later=unit.write_later)


class ReferralWorks:
    """Begins units of work of this part on those of the frame, and knows the short way of referring."""

    def __init__(self, works: PostgresWorks, *, engine: AsyncEngine, disclosure: DisclosureRule) -> None:
        self._works = works
        self._single = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._disclosure = disclosure

    @asynccontextmanager
    async def begin(self, tenant_id: UUID, *, once: Once | None = None) -> AsyncIterator[ReferralUnitOfWork]:
        """Open a transaction; raises AlreadyAnswered when this request was answered before."""
        async with self._works.begin(tenant_id, once=once) as unit:
            yield ReferralUnitOfWork(unit, disclosure=self._disclosure)

    @asynccontextmanager
    async def adding(self, tenant_id: UUID, *, once: Once | None = None) -> AsyncIterator[AddingReferrals]:
        """Gather what is new and write it in one statement when left cleanly."""
        async with self._works.adding(tenant_id, once=once) as unit:
            yield AddingReferrals(unit)

    async def surroundings(
        self, wish: ReferralWish, *, by: Actor, once: Once | None, passed_on: bool = False
    ) -> ReferralSurroundings:
        """Everything the wish names, and whether the request was answered before.

        Staff refer those whom their organisation knows, or pass on what it was asked; anybody else those only whom they walk
        with. Others are not there for them.
        """
        worker_id = by.acting_worker()
        key = request_key(once, tenant_id=by.tenant_id)
        async with self._single.connect() as connection:
            found, stored = await read_surroundings(connection, wish, by=by, requester_worker_id=worker_id, key=key)
            if stored is not None:
                raise AlreadyAnswered(rendered(stored))
            # those at home with the requester need no second look; somebody new is not there yet
            sees = by.sees_whole_tenant and (found.person_at_home or not found.person_known or passed_on)
            records = (wish.person_id, found.person_id)
            if not sees and not await is_known_to(connection, by=by, person_ids=records):
                raise NotFound("person", pointer="/person_id")
        return found

    async def chain(self, parent_id: UUID, *, by: Actor) -> frozenset[UUID]:
        """Workers and teams that a referral has passed through."""
        async with self._single.connect() as connection:
            return await read_chain(connection, tenant_id=by.tenant_id, parent_id=parent_id)

    async def judged(self, wish: Wish, *, by: Actor, assigner_worker_id: UUID) -> Parties:
        """Everything a question to the scope guard is made of."""
        async with self._single.connect() as connection:
            parties, _ = await read_parties(
                connection, wish, tenant_id=by.tenant_id, assigner_worker_id=assigner_worker_id
            )
        return parties
