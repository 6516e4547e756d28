"""What must have happened by when. Late work stays completable; nothing stays overdue on what has ended."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.protocols import Anchor, Protocol
from shared.contracts.codes import MilestoneCode


class MilestoneState(StrEnum):
    """How a milestone reads today."""

    DUE = "due"
    MET = "met"
    MET_LATE = "met_late"
    MISSED = "missed"
    LIFTED = "lifted"


@dataclass(frozen=True, kw_only=True, slots=True)
class Milestone:
    """`met_at` is when it occurred, `missed_at` when we noticed the due time had passed, `lifted_at` when it ceased to be owed.

    A late entry can meet a missed milestone in time: `missed_at` then stays as what was known on that day.
    """

    code: MilestoneCode
    due_at: datetime
    met_at: datetime | None = None
    met_recorded_at: datetime | None = None
    missed_at: datetime | None = None
    lifted_at: datetime | None = None

    @property
    def state(self) -> MilestoneState:
        """Met counts before missed, and missed only while it is still owed."""
        if self.met_at is not None:
            return MilestoneState.MET if self.met_at <= self.due_at else MilestoneState.MET_LATE
        if self.lifted_at is not None:
            return MilestoneState.LIFTED
        return MilestoneState.DUE if self.missed_at is None else MilestoneState.MISSED

    @property
    def is_owed(self) -> bool:
        """Whether somebody still has to do it."""
        return self.met_at is None and self.lifted_at is None


Milestones = Mapping[MilestoneCode, Milestone]


def plan_milestones(
    held: Milestones, *, protocol: Protocol, anchors: Mapping[Anchor, datetime]
) -> dict[MilestoneCode, Milestone]:
    """Milestones whose anchor is known now, added to those held; those already met keep their due time.

    A due time that moves forgets that the old one was missed (the timeline still has it).
    """
    planned = dict(held)
    for rule in protocol.milestones:
        anchored_at = anchors.get(rule.anchor)
        if anchored_at is None:
            continue
        due_at = anchored_at + rule.offset
        before = planned.get(rule.code)
        if before is None:
            planned[rule.code] = Milestone(code=rule.code, due_at=due_at)
        elif before.is_owed and before.due_at != due_at:
            planned[rule.code] = replace(before, due_at=due_at, missed_at=None)
    return planned


def meet(held: Milestones, code: MilestoneCode, *, at: Moment) -> dict[MilestoneCode, Milestone]:
    """Mark as met, once; a protocol without this milestone is left as it is."""
    milestone = held.get(code)
    if milestone is None or milestone.met_at is not None:
        return dict(held)
    return {**held, code: replace(milestone, met_at=at.occurred_at, met_recorded_at=at.recorded_at)}


def lift_all(held: Milestones, *, at: Moment) -> dict[MilestoneCode, Milestone]:
    """Nothing more is owed: what has ended keeps no overdue clock."""
    return {code: replace(one, lifted_at=at.occurred_at) if one.is_owed else one for code, one in held.items()}


def first_owed(held: Milestones, codes: Iterable[MilestoneCode]) -> Milestone | None:
    """The owed milestone with the earliest due time among `codes`."""
    owed = [held[code] for code in codes if code in held and held[code].is_owed]
    return min(owed, key=lambda milestone: (milestone.due_at, milestone.code), default=None)
