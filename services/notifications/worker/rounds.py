"""One round of each kind of work, put together from the use cases; a task does nothing but call one of these."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from services.notifications.domain.codes import Channel
from services.notifications.use_cases.deliver_due import deliver_due
from services.notifications.use_cases.notice_silence import notice_silence
from services.notifications.use_cases.ports import (
    Deliveries,
    Entitlements,
    Hints,
    MessageChannel,
    Recipient,
    Silences,
)
from shared.clock import Clock

MAX_BATCHES = 50
"""A round ends after this many batches and leaves the rest to the next one, so that no task runs for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """The parts a worker needs. `apply_events` and `relay_facts` work until nothing is due and say how much they did."""

    apply_events: Callable[[], Awaitable[int]]
    take_changed: Callable[[], set[Recipient]]
    relay_facts: Callable[[], Awaitable[int]]
    forget_old: Callable[[], Awaitable[int]]
    deliveries: Deliveries
    silences: Silences
    entitlements: Entitlements
    sender: MessageChannel
    hints: Hints
    clock: Clock

    async def process_inbox(self) -> None:
        """Apply what other services told us, and deliver what became due by it, in the same breath."""
        await self.apply_events()
        await self.hints.changed(self.take_changed())
        await self.deliver()

    async def deliver(self) -> None:
        """Show items first, then send e-mail: an e-mail says "sign in to see it"."""
        announced = False
        for channel in (Channel.INBOX, Channel.EMAIL):
            for _ in range(MAX_BATCHES):
                done = await deliver_due(
                    channel,
                    deliveries=self.deliveries,
                    entitlements=self.entitlements,
                    sender=self.sender,
                    clock=self.clock,
                )
                await self.hints.changed(done.changed)
                announced = announced or done.announced
                if done.taken == 0:
                    break
        if announced:
            await self.relay_facts()

    async def sweep(self) -> None:
        """Find whatever a bell missed, notice silence, and hand over what waits."""
        await self.process_inbox()
        for _ in range(MAX_BATCHES):
            if await notice_silence(silences=self.silences, clock=self.clock) == 0:
                break
        await self.relay_facts()
