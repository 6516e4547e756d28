"""What the facts of notifications do to handoffs."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.use_cases.handoff_ports import HandoffWork
from services.referrals.use_cases.lapse_handoff_offer import lapse_handoff_offer
from services.referrals.use_cases.note_handoff_delivery_failure import note_handoff_delivery_failure
from shared.clock import Clock
from shared.contracts.codes import SubjectKind
from shared.contracts.events import DeliveryFailed, Event, EventType, LadderExhausted
from shared.inbox import Handler

WorkWithin = Callable[[AsyncConnection, UUID], AbstractAsyncContextManager[HandoffWork]]
"""A unit of work of one tenant inside a transaction that is open already."""


def handoff_handlers(*, within: WorkWithin, clock: Clock) -> Mapping[EventType, Handler]:
    """Handlers for the inbox; each works inside the transaction that marks its event processed."""

    async def on_ladder_exhausted(connection: AsyncConnection, event: Event) -> None:
        fact = event.read()
        assert isinstance(fact, LadderExhausted)
        async with within(connection, fact.tenant_id) as work:
            await lapse_handoff_offer(
                fact.handoff_id,
                offer_number=fact.offer_number,
                occurred_at=fact.occurred_at,
                work=work,
                clock=clock,
            )

    async def on_delivery_failed(connection: AsyncConnection, event: Event) -> None:
        fact = event.read()
        assert isinstance(fact, DeliveryFailed)
        if fact.subject_kind is not SubjectKind.HANDOFF:
            return  # a failed message about a task or transition is shown in notifications' own list of deliveries
        async with within(connection, fact.tenant_id) as work:
            await note_handoff_delivery_failure(
                fact.subject_id,
                worker_id=fact.worker_id,
                channel=fact.channel,
                occurred_at=fact.occurred_at,
                work=work,
                clock=clock,
            )

    return {EventType.LADDER_EXHAUSTED: on_ladder_exhausted, EventType.DELIVERY_FAILED: on_delivery_failed}
