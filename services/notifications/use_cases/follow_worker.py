"""Keep track of who works here. Whoever left is told nothing more; his unanswered offers run out and move on."""

from zoneinfo import ZoneInfo

from services.notifications.domain.codes import DeliveryCode
from services.notifications.domain.summaries import READERS, next_summary
from services.notifications.use_cases.ports import Recipient, Workers
from shared.clock import Clock
from shared.contracts.events import Event, EventType, WorkerData

EARLIEST = ZoneInfo("Pacific/Kiritimati")
"""Nobody's Monday comes sooner. Whoever writes summaries knows the reader's own zone, and comes again if it is too early there."""

FOLLOWED = frozenset({EventType.WORKER_REGISTERED, EventType.WORKER_CHANGED, EventType.WORKER_LEFT})


async def follow_worker(event: Event, *, workers: Workers, clock: Clock) -> None:
    """Apply one worker event in the caller's transaction, unless a newer version is known."""
    told = event.read()
    assert isinstance(told, WorkerData)
    recipient = Recipient(told.tenant_id, told.worker_id)
    active = told.active and event.type is not EventType.WORKER_LEFT
    is_news = await workers.keep(
        recipient,
        version=told.version,
        active=active,
        practice_role=told.practice_role,
        organization_id=told.organization_id,
    )
    if is_news and not active:
        await workers.cancel_unsent(recipient, code=DeliveryCode.WORKER_LEFT, now=clock.now())
    if is_news and active and told.practice_role in READERS:
        await workers.expect_summary(recipient, due_at=next_summary(clock.now(), zone=EARLIEST))
