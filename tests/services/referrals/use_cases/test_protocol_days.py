"""Protocols change at midnight where the programme is, not in Greenwich."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from services.referrals.domain.protocol_shelf import ProtocolShelf
from services.referrals.domain.source_facts import SourceFact, SourceKind
from services.referrals.use_cases.follow_source_event import follow_source_event
from shared.clock import FixedClock
from tests.services.referrals.domain.handoff_stories import SHELF
from tests.services.referrals.fakes import once
from tests.services.referrals.memory_episodes import MemoryEpisodeWorks
from tests.services.referrals.use_cases.test_source_events import INTEROP

STANDARD = SHELF.version("standard_inpatient", version="2026.1")
CHANGES_ON = date(2026, 4, 1)
SHELF_THAT_CHANGES = ProtocolShelf(
    (
        replace(STANDARD, version="2025.9", effective_to=CHANGES_ON - timedelta(days=1)),
        replace(STANDARD, version="2026.9", effective_from=CHANGES_ON),
    ),
    calendars=SHELF.calendars,
    allow_demo=False,
)


@pytest.mark.parametrize(
    ("recorded_at", "version"),
    [
        (datetime(2026, 4, 1, 3, 59, tzinfo=UTC), "2025.9"),  # a minute to midnight in New York
        (datetime(2026, 4, 1, 4, 0, tzinfo=UTC), "2026.9"),
    ],
)
async def test_a_discharge_begins_under_the_protocol_of_its_own_evening(recorded_at: datetime, version: str) -> None:
    works = MemoryEpisodeWorks()
    left = SourceFact(
        source_key="visit",
        kind=SourceKind.DISCHARGED,
        person_id=uuid4(),
        programme_id=uuid4(),
        event_at=recorded_at,
        moment=recorded_at,
    )
    clock = FixedClock(recorded_at)
    await follow_source_event(left, by=INTEROP, works=works, protocols=SHELF_THAT_CHANGES, clock=clock, once=once())
    (journey,) = works.work.handoffs.kept.values()
    assert journey.transition.protocol_version == version
