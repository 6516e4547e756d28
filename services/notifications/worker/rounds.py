"""One round of each kind of work, put together from the use cases; a task does nothing but call one of these."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from services.notifications.domain.codes import Channel
from services.notifications.domain.sending import LeasedDelivery
from services.notifications.use_cases.call_webhooks import call_webhooks
from services.notifications.use_cases.claim_links import Links
from services.notifications.use_cases.deliver_due import deliver_due, show_items
from services.notifications.use_cases.letter_ports import Letters, Summaries
from services.notifications.use_cases.message_ports import Gates, MessageBook
from services.notifications.use_cases.notice_silence import notice_silence
from services.notifications.use_cases.plan_webhooks import plan_webhooks
from services.notifications.use_cases.ports import Deliveries, Entitlements, Hints, Recipient, Silences
from services.notifications.use_cases.send_letters import send_letters
from services.notifications.use_cases.send_messages import Senders, send_messages
from services.notifications.use_cases.settle_deliveries import Round
from services.notifications.use_cases.webhook_ports import Calls, Endpoints, WebhookChannel
from services.notifications.use_cases.write_summaries import write_summaries
from services.notifications.worker import schedule
from shared.clock import Clock
from shared.identifiers import new_id

MAX_BATCHES = 50
"""A round ends after this many batches and leaves the rest to the next one, so that no task runs for ever."""


LONGEST_ROUND = timedelta(seconds=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookWork:
    """What calling other systems needs; absent where no webhook key is set."""

    calls: Calls
    endpoints: Endpoints
    channel: WebhookChannel
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """The parts a worker needs. `apply_events` does one batch, `relay_facts` all that is due; each says how much it did."""

    apply_events: Callable[[], Awaitable[int]]
    take_changed: Callable[[], set[Recipient]]
    take_to_show: Callable[[], Sequence[LeasedDelivery]]
    relay_facts: Callable[[], Awaitable[int]]
    forget_old: Callable[[], Awaitable[int]]
    deliveries: Deliveries
    silences: Silences
    entitlements: Entitlements
    senders: Senders
    book: MessageBook
    gates: Gates
    summaries: Summaries
    letters: Letters
    webhooks: WebhookWork | None
    links: Links | None
    most_in_window: int
    hints: Hints
    ring: Callable[[str], None]
    say_breakers: Callable[[], Awaitable[None]]
    clock: Clock

    async def process_inbox(self) -> None:
        """Apply what other services told us, and show what became due by it in the same breath, a batch at a time.

        Messages are rung for when their items are shown, as they say "sign in to see it", and left to the workers of another
        queue: nothing here waits for a server that is not ours.
        """
        told = False
        for _ in range(MAX_BATCHES):
            applied = await self.apply_events()
            await self.hints.changed(self.take_changed())
            await self._show_new()
            told = told or applied > 0
            if applied == 0:
                break
        await self.show()
        if told:
            self.ring(schedule.SEND)

    async def show(self) -> None:
        """Show the items that are due."""
        await self._show_new()
        await self._until_nothing_is_due(self._show)

    async def send(self) -> None:
        """Send the messages that are due."""
        if await self._until_nothing_is_due(self._send):
            await self.relay_facts()
        await self.say_breakers()

    async def sweep(self) -> None:
        """Find whatever a bell missed, notice silence, and hand over what waits."""
        await self.process_inbox()
        for _ in range(MAX_BATCHES):
            if await notice_silence(silences=self.silences, clock=self.clock) == 0:
                break
        await self.relay_facts()
        await self.say_breakers()

    async def write(self) -> None:
        """Weekly summaries that are due, and letters of every kind. Apart from the sweep: nobody waits for them."""
        for _ in range(MAX_BATCHES):
            if await write_summaries(summaries=self.summaries, clock=self.clock) == 0:
                break
        email = self.senders[Channel.EMAIL]
        await send_letters(letters=self.letters, email=email, gates=self.gates, clock=self.clock)

    async def call_webhooks(self) -> None:
        """Tell other systems, for a while at most: a slow one must not keep messages waiting for long."""
        if self.webhooks is None:
            return
        calls, began = self.webhooks.calls, self.clock.now()
        await plan_webhooks(calls=calls, clock=self.clock)
        for _ in range(MAX_BATCHES):
            made = await call_webhooks(
                calls=calls,
                endpoints=self.webhooks.endpoints,
                channel=self.webhooks.channel,
                webhook_key=self.webhooks.key,
                clock=self.clock,
            )
            if made == 0 or self.clock.now() - began > LONGEST_ROUND:
                break

    async def _show_new(self) -> None:
        done = await show_items(
            self.take_to_show(), deliveries=self.deliveries, entitlements=self.entitlements, clock=self.clock
        )
        await self.hints.changed(done.changed)

    async def _show(self) -> Round:
        return await deliver_due(deliveries=self.deliveries, entitlements=self.entitlements, clock=self.clock)

    async def _send(self) -> Round:
        return await send_messages(
            deliveries=self.deliveries,
            entitlements=self.entitlements,
            senders=self.senders,
            book=self.book,
            gates=self.gates,
            clock=self.clock,
            new_id=new_id,
            most_in_window=self.most_in_window,
            links=self.links,
        )

    async def _until_nothing_is_due(self, work: Callable[[], Awaitable[Round]]) -> bool:
        announced = False
        for _ in range(MAX_BATCHES):
            done = await work()
            await self.hints.changed(done.changed)
            announced = announced or done.announced
            if done.taken == 0:
                break
        return announced
