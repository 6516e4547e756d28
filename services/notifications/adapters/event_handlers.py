"""Which event is applied how, inside the transaction that marks it processed."""

from collections.abc import Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.adapters.stories import PostgresStories, PostgresWorkers
from services.notifications.domain.facts import FOLLOWED
from services.notifications.use_cases import follow_worker as workers
from services.notifications.use_cases.follow_events import follow_events
from services.notifications.use_cases.follow_worker import follow_worker
from services.notifications.use_cases.ports import Ladders, Recipient
from shared.clock import Clock
from shared.contracts.events import Event, EventType
from shared.identifiers import new_id
from shared.inbox import BatchHandler, Handler


class EventHandlers:
    """Handlers for the inbox, and a note of whose items they closed, for the hint after the commit."""

    def __init__(self, *, ladders: Ladders, clock: Clock) -> None:
        self._ladders = ladders
        self._clock = clock
        self._changed: set[Recipient] = set()

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

    async def _follow_events(self, connection: AsyncConnection, events: Sequence[Event]) -> None:
        stories = PostgresStories(connection, now=self._clock.now())
        self._changed |= await follow_events(
            events, stories=stories, ladders=self._ladders, clock=self._clock, new_id=new_id
        )

    async def _follow_worker(self, connection: AsyncConnection, event: Event) -> None:
        await follow_worker(event, workers=PostgresWorkers(connection), clock=self._clock)
