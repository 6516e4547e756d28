"""Show a worker his own inbox: what is open first, then what is over, newest first in each.

Items are shown as their last check at send time left them; an event that withdraws one hides it. Pages that show more
than a title fetch it from referrals, which checks again.
"""

from dataclasses import dataclass
from uuid import UUID

from services.notifications.domain.codes import ItemState
from services.notifications.domain.items import Item
from services.notifications.use_cases.ports import InboxReader, Recipient

SHELVES = (ItemState.OPEN, ItemState.CLOSED)


@dataclass(frozen=True, slots=True)
class Place:
    """Behind this item of this shelf."""

    state: ItemState
    item_id: UUID


@dataclass(frozen=True, slots=True)
class InboxPage:
    """Items, and where the next page begins, if there is one."""

    items: list[Item]
    next_place: Place | None


async def list_inbox(
    owner: Recipient, *, only: ItemState | None, after: Place | None, limit: int, inbox: InboxReader
) -> InboxPage:
    """At most `limit` items of the asked shelf, or of both."""
    shelves: tuple[ItemState, ...] = SHELVES if only is None else (only,)
    if after is not None:
        shelves = shelves[shelves.index(after.state) :] if after.state in shelves else ()
    found: list[Item] = []
    for shelf in shelves:
        behind = after.item_id if after is not None and after.state is shelf else None
        found += await inbox.page(owner, state=shelf, after=behind, limit=limit + 1 - len(found))
        if len(found) > limit:
            last = found[limit - 1]
            return InboxPage(found[:limit], Place(last.state, last.item_id))
    return InboxPage(found, None)
