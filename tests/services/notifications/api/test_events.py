"""What arrives is kept; what nobody here needs is known from the start."""

from services.notifications.adapters.event_handlers import EventHandlers
from services.notifications.adapters.ladder_files import read_ladders
from services.notifications.api.routes.events import NEEDED
from shared.clock import SystemClock


def test_the_route_lets_through_exactly_what_the_worker_handles() -> None:
    handlers = EventHandlers(ladders=read_ladders(with_demo=False), clock=SystemClock())
    assert frozenset(handlers.by_type()) | frozenset(handlers.by_type_together()) == NEEDED
    assert not frozenset(handlers.by_type()) & frozenset(handlers.by_type_together())
