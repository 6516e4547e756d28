"""Notice that nobody answered in time, and say so exactly once. Who is asked next is for referrals to decide."""

from services.notifications.use_cases.ports import Silences
from shared.clock import Clock
from shared.contracts.events import EventType, LadderExhausted

BATCH = 200


async def notice_silence(*, silences: Silences, clock: Clock) -> int:
    """Announce `ladder.exhausted` for one batch of offers past their time; how many there were."""
    now = clock.now()
    async with silences.noticing() as work:
        offers = await work.take_due(now=now, limit=BATCH)
        for offer in offers:
            facts = LadderExhausted(
                tenant_id=offer.tenant_id,
                version=offer.subject_version,
                occurred_at=now,
                recorded_at=now,
                handoff_id=offer.handoff_id,
                offer_number=offer.offer_number,
                worker_id=offer.worker_id,
                ladder=offer.ladder,
            )
            await work.announce(EventType.LADDER_EXHAUSTED, subject=offer.handoff_id, facts=facts)
    return len(offers)
