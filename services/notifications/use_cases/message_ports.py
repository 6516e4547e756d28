"""What sending messages, and hearing what became of them, needs from the world."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.notifications.domain.codes import Channel
from services.notifications.domain.gates import Admission, Gate
from services.notifications.domain.outcomes import Outcome
from services.notifications.domain.receipts import Receipt
from services.notifications.use_cases.ports import Recipient


@dataclass(frozen=True, slots=True, kw_only=True)
class BegunMessage:
    """A message about to be handed over, and the deliveries it tells of (ids, with the token of their lease)."""

    message_id: UUID
    recipient: Recipient
    channel: Channel
    item_count: int
    delivery_ids: tuple[UUID, ...]
    lease_token: UUID


class MessageBook(Protocol):
    """Every message that was begun: who was told how often, and what the provider said of it since."""

    async def recent(
        self, recipients: Iterable[Recipient], *, since: datetime
    ) -> Mapping[Recipient, Sequence[datetime]]:
        """When messages were begun, oldest first; who is missing had none."""
        ...

    async def begin(self, messages: Sequence[BegunMessage], *, now: datetime) -> None:
        """Written before anything is handed over: whoever finds a dead worker's lease knows what may have been sent."""
        ...

    async def name(self, references: Mapping[UUID, str]) -> None:
        """The provider's own names, by message id."""
        ...

    async def taken(self, messages: Iterable[UUID]) -> frozenset[UUID]:
        """Which of these the provider has named or spoken of: it took them, whatever became of its answer."""
        ...

    async def report(self, tenant_id: UUID, message_id: UUID, *, receipt: Receipt, now: datetime) -> bool:
        """Move the message's receipt forward, and with it whatever waited for that word; False where nothing changed."""
        ...


class Gates(Protocol):
    """The gates before the providers, the same for all workers."""

    async def admit(self, wishes: Sequence[Sequence[Channel]], *, now: datetime) -> list[Admission]:
        """One admission for each wish, in order."""
        ...

    async def learn(self, outcomes: Mapping[Channel, Sequence[Outcome]], *, now: datetime) -> None:
        """What was heard from each provider."""
        ...

    async def read(self, *, now: datetime) -> list[Gate]:
        """As operators see them."""
        ...


class OptOuts(Protocol):
    """Numbers from which STOP came."""

    async def stop(self, phone: str, *, now: datetime) -> int:
        """No text goes there any more; how many workers have that number."""
        ...

    async def start(self, phone: str) -> int:
        """The reverse, by the same phone."""
        ...
