"""What routes are given: the parts made at start, and the caller."""

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Query, Request

from services.notifications.use_cases.ports import ContactBook, DeliveryReader, InboxReader, Recipient
from services.notifications.use_cases.read_contact_points import Caller
from shared.clock import Clock
from shared.contracts.tokens import TokenClaims
from shared.paging import DEFAULT_PAGE, MAX_PAGE, CursorSigner
from shared.problems import Problem


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The parts that main.py put together for the API."""

    inbox: InboxReader
    deliveries: DeliveryReader
    contact_book: ContactBook
    clock: Clock
    cursors: CursorSigner


async def parts(request: Request) -> Parts:
    """The parts of the running application."""
    return cast(Parts, request.app.state.parts)


TheParts = Annotated[Parts, Depends(parts)]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
Cursor = Annotated[str | None, Query(max_length=1000)]
STANDARD_LIMIT = DEFAULT_PAGE


def caller(claims: TokenClaims) -> Caller:
    """The caller as the use cases know one. `shared.tokens` has made sure that a person has a tenant."""
    assert claims.tenant_id is not None
    return Caller(
        tenant_id=claims.tenant_id, worker_id=claims.worker_id, access_role=claims.access_role, subject=claims.sub
    )


def own_inbox(claims: TokenClaims) -> Recipient:
    """The inbox of the caller. An account without a worker has none."""
    assert claims.tenant_id is not None
    if claims.worker_id is None:
        raise Problem(403, "worker_required", "This account has no worker, so it has no inbox")
    return Recipient(claims.tenant_id, claims.worker_id)
