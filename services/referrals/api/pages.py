"""Lists by page: where a page begins, and the cursor that leads to the next."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Protocol, TypeVar
from uuid import UUID

from fastapi import Query

from services.referrals.api.dependencies import ReferralsParts
from services.referrals.api.fields import View
from services.referrals.domain.actor import Actor
from shared.contracts.paging import Page
from shared.paging import DEFAULT_PAGE, MAX_PAGE
from shared.problems import Problem

Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
Cursor = Annotated[str | None, Query(max_length=500)]
ViewT = TypeVar("ViewT", bound=View)

PAGE = DEFAULT_PAGE


class HasId(Protocol):
    """Anything that a list is ordered by."""

    @property
    def id(self) -> UUID: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a page begins and how long it is; one more item is read, to know whether there is a next page."""

    name: str
    tenant_id: UUID
    after: UUID | None
    limit: int

    @property
    def reading(self) -> int:
        """How many to read."""
        return self.limit + 1


def place(parts: ReferralsParts, by: Actor, *, name: str, cursor: str | None, limit: int) -> Place:
    """The place that a cursor of this very list and tenant names. Raises Problem 400 `cursor_invalid` otherwise."""
    after = None
    if cursor is not None:
        position = parts.cursors.decode(cursor)
        if position.get("list") != name or position.get("tenant") != str(by.tenant_id):
            raise Problem(400, "cursor_invalid", "This cursor belongs to another list; start again from the first page")
        after = UUID(position["after"])
    return Place(name=name, tenant_id=by.tenant_id, after=after, limit=limit)


def page(found: Sequence[HasId], *, at: Place, parts: ReferralsParts, view: Callable[[Any], ViewT]) -> Page[ViewT]:
    """The items to show, and a cursor where there are more."""
    shown = found[: at.limit]
    next_cursor = None
    if len(found) > at.limit:
        position = {"list": at.name, "tenant": str(at.tenant_id), "after": str(shown[-1].id)}
        next_cursor = parts.cursors.encode(position)
    return Page(items=[view(item) for item in shown], next_cursor=next_cursor)
