"""Take what a provider says about a text after it took it. Late, repeated and out-of-order words change nothing (I7)."""

from uuid import UUID

from services.notifications.domain.receipts import receipt_named
from services.notifications.use_cases.message_ports import MessageBook
from shared.clock import Clock


async def take_receipt(tenant_id: UUID, message_id: UUID, *, word: str, book: MessageBook, clock: Clock) -> bool:
    """Whether it was news. Unknown words and unknown messages are none; the caller has checked the signature."""
    receipt = receipt_named(word)
    if receipt is None:
        return False
    return await book.report(tenant_id, message_id, receipt=receipt, now=clock.now())
