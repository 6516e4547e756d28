"""Who knew what, when: everything that happened to one handoff, as it occurred and as it was written down."""

from datetime import datetime
from typing import Self
from uuid import UUID

from services.referrals.api.fields import View
from services.referrals.api.handoff_views import for_peers
from services.referrals.api.transition_schemas import CustodyView
from services.referrals.domain.actor import Actor
from services.referrals.domain.custody_gap import custody_gap
from services.referrals.domain.handoff_facts import HandoffFact
from services.referrals.domain.milestones import Milestone
from services.referrals.use_cases.handoff_ports import Reading
from shared.contracts.codes import MilestoneCode

MILESTONE_MET = "milestone_met"


class TimelineEntry(View):
    """One line. `kind` is that of a fact, or `milestone_met`; `recorded_at` is since when it was known."""

    kind: str
    occurred_at: datetime
    recorded_at: datetime
    by_worker_id: UUID | None = None
    worker_id: UUID | None = None
    code: str | None = None
    offer_number: int | None = None
    reported_by: str | None = None
    milestone: MilestoneCode | None = None
    in_time: bool | None = None


class GapView(View):
    """Minutes from leaving to first contact, and those of them in which nobody who was accountable was at work."""

    waited_minutes: int
    gap_minutes: int
    until: datetime


class HandoffTimeline(View):
    """Everything of one handoff in the order in which it became known; its messages are told of by notifications.

    `gap` is absent before the person has left.
    """

    handoff_id: UUID
    transition_id: UUID
    entries: tuple[TimelineEntry, ...]
    custody: tuple[CustodyView, ...]
    gap: GapView | None

    @classmethod
    def of(cls, reading: Reading, *, by: Actor, now: datetime) -> Self:
        """As this caller may see it: whom else was asked is not for peers."""
        journey = reading.journey
        shown = [_of_fact(one) for one in reading.timeline if by.sees_whole_tenant or for_peers(one, by=by)]
        met = [_of_milestone(one) for one in journey.milestones.values() if one.met_at is not None]
        return cls(
            handoff_id=journey.handoff.id,
            transition_id=journey.transition.id,
            entries=tuple(sorted([*shown, *met], key=lambda entry: entry.recorded_at)),
            custody=tuple(CustodyView.of(entry) for entry in reading.custody),
            gap=_gap(reading, now=now),
        )


def _of_fact(fact: HandoffFact) -> TimelineEntry:
    return TimelineEntry(
        kind=fact.kind.value,
        occurred_at=fact.at.occurred_at,
        recorded_at=fact.at.recorded_at,
        by_worker_id=fact.by_worker_id,
        worker_id=fact.worker_id,
        code=fact.code,
        offer_number=fact.offer_number,
        reported_by=fact.reported_by,
    )


def _of_milestone(milestone: Milestone) -> TimelineEntry:
    assert milestone.met_at is not None
    assert milestone.met_recorded_at is not None
    return TimelineEntry(
        kind=MILESTONE_MET,
        occurred_at=milestone.met_at,
        recorded_at=milestone.met_recorded_at,
        milestone=milestone.code,
        in_time=milestone.met_at <= milestone.due_at,
    )


def _gap(reading: Reading, *, now: datetime) -> GapView | None:
    journey = reading.journey
    left_at = journey.transition.discharged_at
    if left_at is None:
        return None
    until = journey.handoff.contacted_at or journey.handoff.ended_at or now
    calendar = journey.there.calendar
    return GapView.model_validate(custody_gap(left_at=left_at, until=until, calendar=calendar, on_call=reading.on_call))
