"""Note that a worker has seen an item. Seeing is not accepting: nothing else follows from it."""

from uuid import UUID

from services.notifications.domain.errors import ItemNotFound
from services.notifications.domain.items import Item
from services.notifications.use_cases.ports import InboxReader, Recipient
from shared.clock import Clock


async def mark_seen(item_id: UUID, *, by: Recipient, inbox: InboxReader, clock: Clock) -> Item:
    """The item with the moment it was first seen. Raises ItemNotFound, also for items of others."""
    item = await inbox.mark_seen(by, item_id=item_id, now=clock.now())
    if item is None:
        raise ItemNotFound()
    return item
