"""What routes are given: the parts made at start, and the caller."""

from dataclasses import dataclass, field
from typing import Annotated, cast

from fastapi import Depends, Query, Request

from services.notifications.domain.errors import WebhooksOff
from services.notifications.use_cases.claim_links import ClaimBook
from services.notifications.use_cases.message_ports import Gates, MessageBook, OptOuts
from services.notifications.use_cases.ports import ContactBook, DeliveryReader, InboxReader, NumberPlans, Recipient
from services.notifications.use_cases.read_contact_points import Caller
from services.notifications.use_cases.webhook_ports import Calls, Endpoints
from shared.clock import Clock
from shared.contracts.tokens import TokenClaims
from shared.paging import DEFAULT_PAGE, MAX_PAGE, CursorSigner
from shared.problems import Problem


@dataclass(frozen=True, kw_only=True)
class SmsCallbacks:
    """What a callback of the text provider is checked with: its secret, and our address as the provider knows it."""

    url: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class WebhookParts:
    """What webhook secrets are derived from, and whether addresses must be public ones over https."""

    key: bytes = field(repr=False)
    strict: bool


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The parts that main.py put together for the API. What is not set up is None."""

    inbox: InboxReader
    deliveries: DeliveryReader
    claims: ClaimBook
    contact_book: ContactBook
    number_plans: NumberPlans
    messages: MessageBook
    opt_outs: OptOuts
    gates: Gates
    endpoints: Endpoints
    calls: Calls
    sms_callbacks: SmsCallbacks | None
    webhooks: WebhookParts | None
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


def webhook_parts(parts: Parts) -> WebhookParts:
    """Raises WebhooksOff where no key is set."""
    if parts.webhooks is None:
        raise WebhooksOff()
    return parts.webhooks
