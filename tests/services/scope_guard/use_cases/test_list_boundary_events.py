"""Pages of boundary events."""

from datetime import UTC, datetime, timedelta

from services.scope_guard.domain.decision_log import BoundaryEvent
from services.scope_guard.use_cases.list_boundary_events import list_boundary_events
from services.scope_guard.use_cases.ports import BoundaryFilter, BoundaryPosition
from shared.contracts.codes import PracticeRole, Setting
from shared.identifiers import new_id
from tests.services.scope_guard.questions import OTHER_TENANT, TENANT
from tests.services.scope_guard.use_cases.fakes import MemoryLog

START = datetime(2026, 1, 1, tzinfo=UTC)


def event(day: int, **changes: object) -> BoundaryEvent:
    when = START + timedelta(days=day)
    content: dict[str, object] = {
        "boundary_event_id": new_id(),
        "tenant_id": TENANT,
        "decision_id": new_id(),
        "practice_role": PracticeRole.PEER_SUPPORT_SPECIALIST,
        "assigner_worker_id": None,
        "team_id": None,
        "programme_id": None,
        "rule_ids": ("base.diagnose",),
        "activity": None,
        "setting": Setting.OUTPATIENT,
        "occurred_at": when,
        "recorded_at": when,
    }
    return BoundaryEvent(**content | changes)  # type: ignore[arg-type]


async def test_pages_follow_one_another_without_gap_or_repetition() -> None:
    # Several at one instant: the id decides.
    events = [event(day // 3) for day in range(11)]
    log = MemoryLog(events=[*events, event(1, tenant_id=OTHER_TENANT)])
    seen: list[BoundaryEvent] = []
    after: BoundaryPosition | None = None
    sizes = []
    while True:
        page = await list_boundary_events(BoundaryFilter(), tenant_id=TENANT, after=after, limit=4, events=log)
        seen.extend(page.items)
        sizes.append(len(page.items))
        if page.next_position is None:
            break
        after = page.next_position
    assert sizes == [4, 4, 3]
    assert seen == sorted(events, key=lambda e: (e.occurred_at, e.boundary_event_id), reverse=True)


async def test_a_page_that_fits_exactly_is_the_last() -> None:
    log = MemoryLog(events=[event(day) for day in range(4)])
    page = await list_boundary_events(BoundaryFilter(), tenant_id=TENANT, after=None, limit=4, events=log)
    assert len(page.items) == 4
    assert page.next_position is None


async def test_an_empty_list_is_one_empty_page() -> None:
    page = await list_boundary_events(BoundaryFilter(), tenant_id=TENANT, after=None, limit=4, events=MemoryLog())
    assert page.items == ()
    assert page.next_position is None
