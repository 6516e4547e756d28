"""Which event is applied how, inside the transaction that marks it processed."""

from collections.abc import Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.adapters.stories import PostgresStories, PostgresWorkers
from services.notifications.domain.facts import FOLLOWED
from services.notifications.domain.sending import LeasedDelivery
from services.notifications.use_cases import follow_worker as workers
from services.notifications.use_cases.follow_events import follow_events
from services.notifications.use_cases.follow_worker import follow_worker
from services.notifications.use_cases.ports import Ladders, Recipient
from shared.clock import Clock
from shared.contracts.events import Event, EventType
from shared.identifiers import new_id
from shared.inbox import BatchHandler, Handler


class EventHandlers:
    """Handlers for the inbox, and a note of what is to be done after the commit: hints, and items to show."""

    def __init__(self, *, ladders: Ladders, clock: Clock) -> None:
        self._ladders = ladders
        self._clock = clock
        self._changed: set[Recipient] = set()
        self._to_show: list[LeasedDelivery] = []

    def by_type(self) -> Mapping[EventType, Handler]:
        """Events that are applied one by one."""
        return dict.fromkeys(workers.FOLLOWED, self._follow_worker)

    def by_type_together(self) -> Mapping[EventType, BatchHandler]:
        """Events that are applied together. What neither names is ignored, visibly, by the inbox."""
        return dict.fromkeys(FOLLOWED, self._follow_events)

    def take_changed(self) -> set[Recipient]:
        """Whose inbox changed since the last call."""
        changed, self._changed = self._changed, set()
        return changed

    def take_to_show(self) -> list[LeasedDelivery]:
        """Items planned since the last call that are to be shown now. Their lease is void if the commit failed."""
        to_show, self._to_show = self._to_show, []
        return to_show

    def forget(self) -> None:
        """What was noted down belongs to a transaction that was rolled back."""
        self.take_changed()
        self.take_to_show()

    async def _follow_events(self, connection: AsyncConnection, events: Sequence[Event]) -> None:
        stories = PostgresStories(connection, now=self._clock.now())
        followed = await follow_events(events, stories=stories, ladders=self._ladders, clock=self._clock, new_id=new_id)
        self._changed |= followed.changed
        self._to_show += followed.to_show

    async def _follow_worker(self, connection: AsyncConnection, event: Event) -> None:
        await follow_worker(event, workers=PostgresWorkers(connection), clock=self._clock)
