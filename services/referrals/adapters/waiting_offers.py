"""Open offers of all tenants whose time to answer is over."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from services.referrals.adapters.handoff_tables import handoff_offers, handoffs
from services.referrals.domain.handoff_facts import Attention
from services.referrals.domain.handoffs import OfferStatus
from services.referrals.use_cases.handoff_ports import WaitingOffer
from shared.database import transaction


class OpenOffers:
    """Reads them by the index of offers that wait."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def due_before(self, instant: datetime, *, limit: int) -> Sequence[WaitingOffer]:
        """Up to `limit` that had to be answered before `instant`, oldest first."""
        offers = handoff_offers
        query = (
            sa.select(offers.c.tenant_id, offers.c.handoff_id, offers.c.offer_number)
            .join(handoffs, sa.and_(handoffs.c.tenant_id == offers.c.tenant_id, handoffs.c.id == offers.c.handoff_id))
            .where(
                offers.c.status == sa.literal_column(f"'{OfferStatus.OPEN.value}'"),
                offers.c.respond_by < instant,
                handoffs.c.attention.is_distinct_from(Attention.ESCALATION_UNANSWERED.value),
            )
            .order_by(offers.c.respond_by)
            .limit(limit)
        )
        async with transaction(self._engine, tenant_id=None) as connection:
            return [
                WaitingOffer(tenant_id=row.tenant_id, handoff_id=row.handoff_id, offer_number=row.offer_number)
                for row in await connection.execute(query)
            ]
