"""What lets others pass on its way here is exactly what nobody here is told of."""

from services.notifications.domain.facts import FOLLOWED
from services.notifications.use_cases import follow_worker
from shared.contracts.codes import Service
from shared.contracts.events import CONSUMERS, UNHURRIED, EventType


def test_only_what_tells_nobody_anything_may_wait() -> None:
    sent_here = {kind for kind in EventType if Service.NOTIFICATIONS in CONSUMERS[kind]}
    assert sent_here - FOLLOWED - follow_worker.FOLLOWED == UNHURRIED
