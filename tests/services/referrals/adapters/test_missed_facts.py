"""The facts of what is overdue are written in bulk, and are to the letter what the catalogue writes one by one."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID, uuid4

import pytest

from services.referrals.adapters.missed_facts import Overdue, missed_events
from services.referrals.domain.milestones import clock_id
from shared.contracts.codes import MilestoneCode, Service
from shared.contracts.events import EventType, MilestoneMissed
from shared.outbox import new_event

TENANT = uuid4()
NOW = datetime(2026, 3, 1, 3, 0, 0, 120_000, tzinfo=UTC)
DUE = datetime(2026, 3, 1, 2, 59, 59, tzinfo=UTC)
MOMENTS = (
    DUE,
    DUE.replace(microsecond=1),
    DUE.replace(microsecond=500_000),
    DUE.astimezone(timezone(timedelta(hours=-5))),
    datetime(2040, 2, 29, 12, tzinfo=UTC),
)


def overdue(code: str, due_at: datetime, escalate_to: str) -> Overdue:
    return Overdue(uuid4(), code, due_at, escalate_to, uuid4(), uuid4(), resets=len(escalate_to) % 2)


def one_by_one(one: Overdue, event_id: UUID) -> str:
    event = new_event(
        source=Service.REFERRALS,
        type=EventType.MILESTONE_MISSED,
        subject=clock_id(one.handoff_id, one.code),
        data=MilestoneMissed(
            tenant_id=TENANT,
            version=one.resets * 10_000_000_000 + int(one.due_at.timestamp()),
            occurred_at=one.due_at.astimezone(UTC),
            recorded_at=NOW,
            handoff_id=one.handoff_id,
            transition_id=one.transition_id,
            milestone=MilestoneCode(one.code.partition(".")[0]),
            due_at=one.due_at.astimezone(UTC),
            escalate_to=str(one.escalate_to),
            worker_id=one.worker_id,
        ),
    )
    return event.model_copy(update={"id": event_id}).model_dump_json()


@pytest.mark.parametrize("now", [NOW, NOW.replace(microsecond=0)])
def test_in_bulk_or_one_by_one_the_fact_is_the_same(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.services.referrals.adapters.test_missed_facts.NOW", now)
    marked = [
        overdue(code, due_at, role)
        for code in ("introduction", "phase_1_contact.03")
        for due_at in MOMENTS
        for role in ("sender", "duty_owner")
    ]
    told = missed_events(marked, tenant_id=TENANT, now=now)
    assert [payload for _, _, payload in told] == [
        one_by_one(one, event_id) for one, (event_id, _, _) in zip(marked, told, strict=True)
    ]
    assert len({event_id for event_id, _, _ in told}) == len(marked)
    assert [subject for _, subject, _ in told] == [str(clock_id(one.handoff_id, one.code)) for one in marked]
