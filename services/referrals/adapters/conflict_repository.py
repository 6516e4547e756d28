"""What lies between a worker and a person who know each other from elsewhere, on PostgreSQL."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.adapters.handoff_tables import handoffs, transitions
from services.referrals.adapters.referral_queries import read_referral
from services.referrals.adapters.referral_repository import ReferralRepository
from services.referrals.adapters.referral_tables import referral_parties, referrals
from services.referrals.adapters.task_tables import tasks
from services.referrals.domain.handoff_states import HandoffState
from services.referrals.domain.referral import Referral, ReferralStep
from services.referrals.domain.referral_states import WORKING, ReferralStatus
from services.referrals.domain.task_states import WITH_ASSIGNEE

_LIVE = (HandoffState.OFFERED, HandoffState.ACCEPTED, HandoffState.INTRODUCED, HandoffState.CONTACTED)


class ConflictRepository:
    """Inside one tenant and one transaction."""

    def __init__(self, connection: AsyncConnection, *, tenant_id: UUID, changes: ReferralRepository) -> None:
        self._connection = connection
        self._tenant_id = tenant_id
        self._changes = changes

    async def handoffs(self, *, worker_id: UUID, person_id: UUID) -> Sequence[UUID]:
        """Those of the person that are suggested or offered to the worker, or held by them."""
        with_worker = sa.or_(
            sa.and_(handoffs.c.worker_id == worker_id, handoffs.c.state.in_([state.value for state in _LIVE])),
            sa.and_(handoffs.c.suggested_worker_id == worker_id, handoffs.c.state == HandoffState.PREPARING.value),
        )
        query = (
            sa.select(handoffs.c.id)
            .join(
                transitions,
                sa.and_(transitions.c.tenant_id == handoffs.c.tenant_id, transitions.c.id == handoffs.c.transition_id),
            )
            .where(handoffs.c.tenant_id == self._tenant_id, transitions.c.person_id == person_id, with_worker)
            .order_by(handoffs.c.id)
        )
        return list((await self._connection.execute(query)).scalars())

    async def referral(self, referral_id: UUID) -> Referral:
        """The referral, locked: what is read after it is what others have committed. Raises NotFound."""
        here = sa.select(referrals.c.id).where(referrals.c.tenant_id == self._tenant_id, referrals.c.id == referral_id)
        await self._connection.execute(here.with_for_update())
        return await read_referral(self._connection, referral_id, tenant_id=self._tenant_id)

    async def referrals(self, *, worker_id: UUID, person_id: UUID) -> Sequence[Referral]:
        """Those of the person that the worker is asked about by name or has, locked; children before their parents."""
        asked = referral_parties.alias("asked")
        open_to_them = [ReferralStatus.REQUESTED.value, *(status.value for status in WORKING)]
        query = (
            sa.select(referrals.c.id)
            .join(asked, sa.and_(asked.c.tenant_id == referrals.c.tenant_id, asked.c.referral_id == referrals.c.id))
            .where(referrals.c.tenant_id == self._tenant_id, referrals.c.person_id == person_id)
            .where(referrals.c.status.in_(open_to_them), asked.c.role == "recipient", asked.c.worker_id == worker_id)
            .order_by(referrals.c.id.desc())
            .with_for_update(of=referrals)
        )
        found = (await self._connection.execute(query)).scalars().all()
        return [await read_referral(self._connection, one, tenant_id=self._tenant_id) for one in found]

    async def tasks(self, *, worker_id: UUID, person_id: UUID) -> Sequence[UUID]:
        """Tasks about the person that lie with the worker."""
        query = sa.select(tasks.c.id).where(
            tasks.c.tenant_id == self._tenant_id,
            tasks.c.person_id == person_id,
            tasks.c.assignee_worker_id == worker_id,
            tasks.c.status.in_([status.value for status in WITH_ASSIGNEE]),
        )
        return list((await self._connection.execute(query.order_by(tasks.c.id))).scalars())

    async def change_referral(self, before: Referral, after: Referral, *steps: ReferralStep) -> None:
        """Keep the next version and its row of history."""
        await self._changes.change(before, after, *steps)

    def add_referral(self, referral: Referral, *steps: ReferralStep) -> None:
        """Keep a new one that follows."""
        self._changes.add(referral, *steps)
