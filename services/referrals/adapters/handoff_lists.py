"""Pages of handoffs and transitions: one statement each, keyset paging, never a count."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.adapters import handoff_rows as rows
from services.referrals.adapters.handoff_queries import CALLED, joined
from services.referrals.adapters.handoff_tables import handoff_offers, handoffs, transitions
from services.referrals.adapters.handoff_visibility import is_known_in_the_house_of, knows_by_itself, told_by_consent
from services.referrals.adapters.referral_disclosure import basis_of
from services.referrals.adapters.tables import people, programmes
from services.referrals.domain.handoff_facts import Attention
from services.referrals.domain.handoff_states import HandoffState
from services.referrals.domain.handoffs import OfferStatus
from services.referrals.use_cases.handoff_ports import HandoffFilter, HandoffLine, TransitionFilter, TransitionLine


async def handoff_page(
    connection: AsyncConnection, wanted: HandoffFilter, *, tenant_id: UUID, after: UUID | None, limit: int
) -> Sequence[HandoffLine]:
    """Up to `limit` handoffs after the one with id `after`, newest first."""
    by = wanted.by
    itself = knows_by_itself(by)
    open_offer = sa.and_(
        handoff_offers.c.tenant_id == handoffs.c.tenant_id,
        handoff_offers.c.handoff_id == handoffs.c.id,
        handoff_offers.c.status == sa.literal_column(f"'{OfferStatus.OPEN.value}'"),
    )
    query = (
        sa.select(
            handoffs,
            transitions.c.programme_id,
            handoff_offers.c.respond_by,
            CALLED,
            itself.label("itself"),
            sa.case((itself, None), else_=told_by_consent(by)).label("basis"),
        )
        .join(transitions, joined(transitions.c.id, handoffs.c.transition_id))
        .join(programmes, joined(programmes.c.id, transitions.c.programme_id))
        .join(people, joined(people.c.id, transitions.c.person_id))
        .outerjoin(handoff_offers, open_offer)
        .where(handoffs.c.tenant_id == tenant_id)
        .order_by(handoffs.c.id.desc())
        .limit(limit)
    )
    if by.sees_whole_tenant:
        query = query.where(is_known_in_the_house_of(by))
    if wanted.state is not None:
        query = query.where(handoffs.c.state == wanted.state.value)
    if wanted.worker_id is not None:
        query = query.where(handoffs.c.worker_id == wanted.worker_id)
    if wanted.ids is not None:
        query = query.where(handoffs.c.id.in_(wanted.ids))
    if wanted.attention:
        query = query.where(handoffs.c.attention.is_not(None))
    if after is not None:
        query = query.where(handoffs.c.id < after)
    return [
        HandoffLine(
            id=row.id,
            transition_id=row.transition_id,
            programme_id=row.programme_id,
            called=row.called if row.itself or row.basis is not None else None,
            basis=None if row.basis is None else basis_of(row.basis),
            state=HandoffState(row.state),
            version=row.version,
            worker_id=row.worker_id,
            respond_by=row.respond_by,
            introduced_at=row.introduced_at,
            accepted_at=row.accepted_at,
            contacted_at=row.contacted_at,
            attention=None if row.attention is None else Attention(row.attention),
        )
        for row in await connection.execute(query)
    ]


async def transition_page(
    connection: AsyncConnection, wanted: TransitionFilter, *, tenant_id: UUID, after: UUID | None, limit: int
) -> Sequence[TransitionLine]:
    """Up to `limit` transitions after the one with id `after`, newest first."""
    by = wanted.by
    query = (
        sa.select(transitions, knows_by_itself(by).label("tells"))
        .join(handoffs, joined(handoffs.c.transition_id, transitions.c.id))
        .join(programmes, joined(programmes.c.id, transitions.c.programme_id))
        .where(transitions.c.tenant_id == tenant_id)
        .order_by(transitions.c.id.desc())
        .limit(limit)
    )
    if by.sees_whole_tenant:
        query = query.where(is_known_in_the_house_of(by))
    if wanted.status is not None:
        query = query.where(transitions.c.status == wanted.status.value)
    if wanted.owner_worker_id is not None:
        query = query.where(transitions.c.owner_worker_id == wanted.owner_worker_id)
    if after is not None:
        query = query.where(transitions.c.id < after)
    return [
        TransitionLine(transition=rows.transition_of(row._mapping), tells=bool(row.tells))
        for row in await connection.execute(query)
    ]
