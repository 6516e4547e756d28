"""Links in messages, made when a message is sent and used by whoever it was sent to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.notifications.domain.claim_links import LIFETIME, ClaimLink, digest_of, token_of
from services.notifications.domain.items import Item
from services.notifications.use_cases.ports import Recipient
from shared.clock import Clock


class ClaimBook(Protocol):
    """The links that were sent."""

    async def keep(self, links: Sequence[ClaimLink], *, now: datetime) -> None:
        """Written before the messages leave. The link of a message that goes again stays as it is."""
        ...

    async def use(self, digest: str, *, by: Recipient, now: datetime) -> Item:
        """The item, and the link is used. Raises LinkUnknown (also for other people's), LinkUsed, LinkExpired."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Makes links to the pages at `console_url`; `key` is the service's own."""

    console_url: str
    book: ClaimBook
    key: bytes = field(repr=False)

    def of(self, message_id: UUID, *, recipient: Recipient, item_id: UUID, now: datetime) -> tuple[str, ClaimLink]:
        """The address for the message, the same each time it goes, and what is stored of it."""
        token = token_of(self.key, message_id=message_id, item_id=item_id)
        link = ClaimLink(
            tenant_id=recipient.tenant_id,
            worker_id=recipient.worker_id,
            item_id=item_id,
            digest=digest_of(token),
            expires_at=now + LIFETIME,
        )
        return f"{self.console_url.rstrip('/')}/claim/{token}", link


async def use_link(token: str, *, by: Recipient, book: ClaimBook, clock: Clock) -> Item:
    """The item that a link leads to; it stays unseen and unanswered. Raises LinkUnknown, LinkUsed, LinkExpired."""
    return await book.use(digest_of(token), by=by, now=clock.now())
