"""A worker's own inbox."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from services.notifications.api.dependencies import STANDARD_LIMIT, Cursor, Limit, TheParts, own_inbox
from services.notifications.api.schemas import InboxItem
from services.notifications.domain.codes import ItemState
from services.notifications.use_cases.list_inbox import Place, list_inbox
from services.notifications.use_cases.mark_seen import mark_seen
from shared.contracts.paging import Page
from shared.contracts.tokens import TokenClaims
from shared.paging import CursorSigner
from shared.problems import Problem
from shared.tokens import PEOPLE, allow

router = APIRouter()


class Shelf(StrEnum):
    """What of an inbox can be asked for."""

    OPEN = "open"
    CLOSED = "closed"


@router.get("/inbox")
async def read_inbox(
    parts: TheParts,
    claims: Annotated[TokenClaims, Depends(allow(*PEOPLE))],
    state: Shelf | None = None,
    cursor: Cursor = None,
    limit: Limit = STANDARD_LIMIT,
) -> Page[InboxItem]:
    """Own items, open ones first, newest first."""
    only = ItemState(state.value) if state is not None else None
    after = _place(cursor, cursors=parts.cursors) if cursor is not None else None
    page = await list_inbox(own_inbox(claims), only=only, after=after, limit=limit, inbox=parts.inbox)
    place = page.next_place
    following = (
        parts.cursors.encode({"list": "inbox", "state": place.state.value, "id": str(place.item_id)}) if place else None
    )
    return Page(items=[InboxItem.of(item) for item in page.items], next_cursor=following)


@router.post("/inbox/{item_id}/seen")
async def see_item(
    item_id: UUID, parts: TheParts, claims: Annotated[TokenClaims, Depends(allow(*PEOPLE))]
) -> InboxItem:
    """Seeing is not accepting; repeating it changes nothing, so it needs neither version nor key."""
    return InboxItem.of(await mark_seen(item_id, by=own_inbox(claims), inbox=parts.inbox, clock=parts.clock))


def _place(cursor: str, *, cursors: CursorSigner) -> Place:
    position = cursors.decode(cursor)
    if position.get("list") != "inbox":
        raise Problem(400, "cursor_invalid", "This cursor belongs to another list")
    return Place(ItemState(position["state"]), UUID(position["id"]))
