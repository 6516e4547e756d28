"""Inbox items, and what a telling asks to be changed about them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.notifications.domain.codes import HIDING_REASONS, ItemState
from services.notifications.domain.telling import Ending, Telling, TellingKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What one worker is told about one subject. `opened_at` is the moment it was first shown; seeing it is another."""

    item_id: UUID
    tenant_id: UUID
    key: TellingKey
    ladder: str
    state: ItemState
    subject_version: int
    created_at: datetime
    respond_by: datetime | None = None
    clock_id: UUID | None = None
    opened_at: datetime | None = None
    seen_at: datetime | None = None
    ending: Ending | None = None

    @property
    def was_told(self) -> bool:
        """Whether the recipient could have learnt of the subject: nothing is sent anywhere before an item is shown."""
        return self.opened_at is not None


@dataclass(frozen=True, slots=True)
class Changes:
    """What to do so that the items agree with the tellings."""

    start: tuple[Telling, ...]
    end: tuple[tuple[Item, Ending], ...]


def changes(wanted: Iterable[Telling], *, items: Iterable[Item]) -> Changes:
    """Compare what should be told with what is. A second comparison after the first was carried out finds nothing."""
    known = {item.key: item for item in items}
    start, end = [], []
    for telling in wanted:
        item = known.get(telling.key)
        if item is None:
            start.append(telling)
        elif telling.ending is not None and telling.ending != item.ending:
            end.append((item, telling.ending))
    return Changes(tuple(start), tuple(end))


def state_after(ending: Ending | None, *, was_told: bool) -> ItemState:
    """Where an item goes when its telling ends; hidden where it was never shown or is no longer its reader's concern."""
    if ending is None:
        return ItemState.OPEN if was_told else ItemState.PENDING
    return ItemState.CLOSED if was_told and ending.reason not in HIDING_REASONS else ItemState.HIDDEN
