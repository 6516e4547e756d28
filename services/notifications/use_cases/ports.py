"""What the use cases need from the world. Adapters provide it; nothing here knows how."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar
from uuid import UUID

from services.notifications.domain.codes import Channel, DeliveryState, EndReason, ItemKind, ItemState
from services.notifications.domain.contact_points import ContactPoints
from services.notifications.domain.facts import Fact, StoryKey
from services.notifications.domain.items import Item
from services.notifications.domain.ladders import Ladder
from services.notifications.domain.outcomes import Outcome, Settled
from services.notifications.domain.receipts import Receipt
from services.notifications.domain.sending import LeasedDelivery, Standing
from services.notifications.domain.telling import Ending
from services.notifications.domain.wording import Words
from shared.contracts.codes import PracticeRole, SubjectKind
from shared.contracts.entitlements import EntitlementAnswer, EntitlementQuestion
from shared.contracts.events import EventData, EventType

NewId = Callable[[], UUID]


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whose inbox changed."""

    tenant_id: UUID
    worker_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDelivery:
    """One step of a ladder as it is first written; `next_at` is absent when it is over before it began."""

    delivery_id: UUID
    item: Item
    step: int
    channel: Channel
    urgent: bool
    due_at: datetime
    state: DeliveryState
    code: str | None
    next_at: datetime | None
    lease_token: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """An item of a story, and what is to be sent about it."""

    key: StoryKey
    item: Item
    deliveries: Sequence[NewDelivery]


class Ladders(Protocol):
    """The ladders in force."""

    def named(self, code: str) -> Ladder:
        """Raises LadderUnknown."""
        ...


@dataclass(frozen=True, slots=True)
class KnownStory:
    """All facts of one story, and whether it is `new`: nothing can have been started for what nobody had heard of."""

    facts: list[Fact]
    new: bool


class Stories(Protocol):
    """What is known of each subject, inside one transaction of its tenant."""

    async def learn(self, facts: Mapping[StoryKey, Sequence[Fact]]) -> Mapping[StoryKey, KnownStory]:
        """Add facts that are new, and return all facts of their stories. Others wait for these stories until the commit."""
        ...

    async def items_of(self, keys: Sequence[StoryKey]) -> Mapping[StoryKey, list[Item]]:
        """Every item of the stories that have any, locked."""
        ...

    async def start(self, started: Sequence[NewItem]) -> None:
        """Write items and their planned deliveries."""
        ...

    async def end(self, item: Item, *, ending: Ending, state: ItemState, now: datetime) -> None:
        """Write the ending, and cancel what was not sent yet. What is being sent now is settled by who sends it."""
        ...


class Workers(Protocol):
    """The projection of referrals' workers, inside one transaction."""

    async def keep(
        self, recipient: Recipient, *, version: int, active: bool, practice_role: PracticeRole, organization_id: UUID
    ) -> bool:
        """False when a newer version is known already."""
        ...

    async def expect_summary(self, recipient: Recipient, *, due_at: datetime) -> None:
        """The first weekly summary of this worker, unless one is expected already."""
        ...

    async def cancel_unsent(self, recipient: Recipient, *, code: str, now: datetime) -> None:
        """Cancel every delivery to this worker that was not sent yet."""
        ...


class Settling(Protocol):
    """The transaction in which deliveries get their outcome. Only items in `endings` are locked and may be settled."""

    endings: Mapping[UUID, EndReason | None]
    left: frozenset[UUID]
    """Items whose worker has left."""

    async def settle(self, outcomes: Sequence[tuple[LeasedDelivery, Settled]], *, now: datetime) -> frozenset[UUID]:
        """Write outcomes; the ids of deliveries whose lease was still ours. The others were left alone."""
        ...

    async def show(self, item_ids: Iterable[UUID], *, now: datetime) -> None:
        """Make pending items visible."""
        ...

    async def withhold(self, item_ids: Iterable[UUID]) -> None:
        """Hide pending items for good."""
        ...

    async def announce(self, event: EventType, *, subject: UUID, facts: EventData) -> None:
        """A fact for the outbox, in this commit."""
        ...


class Deliveries(Protocol):
    """The plan of what is to be sent."""

    async def claim(self, channel: Channel, *, limit: int, now: datetime, lease: timedelta) -> list[LeasedDelivery]:
        """Take what is due, or was taken by someone whose lease ran out.

        Of the inbox up to `limit` deliveries; of messages (any other channel) all that is due to up to `limit` workers, so
        that whatever arrives together is told together, and not while events still wait to be applied.
        """
        ...

    async def standings(self, deliveries: Sequence[LeasedDelivery]) -> Mapping[UUID, Standing]:
        """What is known now, by delivery id."""
        ...

    def settling(
        self, tenant_id: UUID, *, item_ids: Sequence[UUID], wait: bool
    ) -> AbstractAsyncContextManager[Settling]:
        """Lock the items; without `wait`, only those that nobody else holds."""
        ...


class Entitlements(Protocol):
    """Referrals, asked who may still be told."""

    async def ask(self, questions: Sequence[EntitlementQuestion]) -> list[EntitlementAnswer]:
        """Answers in the order of the questions. Raises EntitlementUnknown for anything but a full, fitting answer."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One outbound message. `message_id` is the same for every try of this message, so that a repeat can be recognised."""

    message_id: UUID
    tenant_id: UUID
    address: str
    words: Words


MessageT = TypeVar("MessageT", contravariant=True)


class SendingChannel(Protocol[MessageT]):
    """The one port of every way out of the house. The inbox, which is ours, has the outcome `Delivered` by the commit that shows an item."""

    async def send(self, message: MessageT) -> Outcome:
        """Never raises for anything the other side does; ends within the channel's own deadline."""
        ...


MessageChannel = SendingChannel[Message]


class Hints(Protocol):
    """Tells open pages that an inbox changed. Best effort: may be lost, never raises."""

    async def changed(self, recipients: Iterable[Recipient]) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentOffer:
    """An offer whose time to answer is over."""

    tenant_id: UUID
    handoff_id: UUID
    offer_number: int
    worker_id: UUID
    ladder: str
    subject_version: int


class NoticingSilence(Protocol):
    """The transaction in which exhausted ladders are marked and announced."""

    async def take_due(self, *, now: datetime, limit: int) -> list[SilentOffer]:
        """Mark and return offers past their time that nobody answered and nobody else holds. Each is returned once."""
        ...

    async def announce(self, event: EventType, *, subject: UUID, facts: EventData) -> None:
        """A fact for the outbox, in this commit."""
        ...


class Silences(Protocol):
    """Where silence is noticed."""

    def noticing(self) -> AbstractAsyncContextManager[NoticingSilence]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryView:
    """A delivery as operators see it."""

    delivery_id: UUID
    kind: ItemKind
    worker_id: UUID
    subject_kind: SubjectKind
    subject_id: UUID
    ladder: str
    step: int
    channel: Channel
    due_at: datetime
    state: DeliveryState
    code: str | None
    attempts: int
    next_at: datetime | None
    changed_at: datetime
    receipt: Receipt | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFilter:
    """Which deliveries to list; what is None does not restrict."""

    state: DeliveryState | None = None
    channel: Channel | None = None
    worker_id: UUID | None = None
    subject_id: UUID | None = None


class InboxReader(Protocol):
    """Reading and marking items of one worker."""

    async def page(self, owner: Recipient, *, state: ItemState, after: UUID | None, limit: int) -> list[Item]:
        """Items in this state, newest first, that come after the one named."""
        ...

    async def mark_seen(self, owner: Recipient, *, item_id: UUID, now: datetime) -> Item | None:
        """The item, with the first time it was seen; None when this worker has no such item to see."""
        ...


class DeliveryReader(Protocol):
    """Reading deliveries of one tenant."""

    async def page(
        self, tenant_id: UUID, *, only: DeliveryFilter, after: UUID | None, limit: int
    ) -> list[DeliveryView]:
        """Newest first, those that come after the one named."""
        ...


NumberPlans = Callable[[str], str | None]
"""Why a phone number (E.164) cannot be texted: `phone_invalid`, `phone_premium_rate`, or None where it can."""


class ContactBook(Protocol):
    """Contact points, kept per worker."""

    async def read(self, recipient: Recipient) -> ContactPoints | None:
        """None when nothing was ever set."""
        ...

    async def replace(self, points: ContactPoints, *, seen_version: int, by: str) -> bool:
        """Write `points` if the stored version is still `seen_version`; False when it is not."""
        ...
