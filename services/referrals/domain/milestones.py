"""What must have happened by when. Late work stays completable; nothing stays overdue on what has ended."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import NAMESPACE_OID, UUID, uuid5

from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.offsets import Offset, ProgrammeTime
from services.referrals.domain.protocols import (
    FOLLOW_UPS,
    PREPARATIONS,
    Anchor,
    EscalationRole,
    MilestoneRule,
    Protocol,
)
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

    `occurrence` counts from 1 those of a code that repeats. A contact before `opens_at` does not meet it.
    `resets` is how often it was set anew: for another time, or owed again after it was lifted.
    A late entry can meet a missed milestone in time: `missed_at` then stays as what was known on that day.
    """

    code: MilestoneCode
    due_at: datetime
    occurrence: int = 1
    opens_at: datetime | None = None
    escalate_to: EscalationRole | None = None
    met_at: datetime | None = None
    met_recorded_at: datetime | None = None
    missed_at: datetime | None = None
    lifted_at: datetime | None = None
    resets: int = 0

    @property
    def key(self) -> str:
        """Names it within its handoff: the code, and from the second occurrence on its number."""
        return milestone_key(self.code, self.occurrence)

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


Milestones = Mapping[str, Milestone]
"""By key."""


def milestone_key(code: MilestoneCode, occurrence: int) -> str:
    """`day_7`, or `phase_1_contact.03` for the third of several."""
    return code.value if occurrence == 1 else f"{code.value}.{occurrence:02}"


def clock_id(handoff_id: UUID, key: str) -> UUID:
    """Names the clock of one milestone of one handoff in facts."""
    return uuid5(NAMESPACE_OID, f"{handoff_id}/{key}")


_RESET = 10**10
"""More than any due time in seconds, so that a clock's version grows with each reset, also to an earlier due time."""

_SWEEP_MAY_BE_AT_IT = timedelta(minutes=1)


def clock_version(due_at: datetime, *, resets: int) -> int:
    """A clock's version in facts: what is set anew can be missed anew, also at the same due time.

    Its last ten digits are the due time in seconds since 1970. It takes more than four bytes; whoever stores it needs eight.
    """
    return resets * _RESET + int(due_at.timestamp())


def taken_back(before: Milestones, after: Milestones, *, known_at: datetime) -> list[Milestone]:
    """Those of `before` that may have been told as missed, and are lifted or set anew `after`.

    A sweep may mark at this very moment what was read as not missed yet, so what is due counts as told.
    """
    return [
        old
        for key, old in before.items()
        if old.is_owed
        and (old.missed_at is not None or old.due_at < known_at + _SWEEP_MAY_BE_AT_IT)
        and (after[key].resets != old.resets or after[key].lifted_at is not None)
    ]


def plan_milestones(
    held: Milestones,
    *,
    protocol: Protocol,
    anchors: Mapping[Anchor | MilestoneCode, datetime],
    there: ProgrammeTime,
    known_at: datetime,
) -> dict[str, Milestone]:
    """Milestones whose anchor is known now, added to those held; those already met keep their due time.

    What was lifted is owed again once its anchor is known anew. A due time that moves forgets that the old one was missed (the timeline still has it). What should have been done
    before leaving is due by the leaving itself where its own time was over before anybody knew of it (`known_at`), and
    not owed at all where the leaving was over too.
    """
    planned = dict(held)
    for rule in protocol.milestones:
        anchored_at = anchors.get(rule.anchor)
        if anchored_at is None:
            continue
        for occurrence, offset in rule.occurrences():
            due_at = _due_at(offset, anchored_at, there=there, known_at=known_at)
            if due_at is None:
                _give_up(planned, milestone_key(rule.code, occurrence), at=known_at)
            else:
                _plan(planned, rule, occurrence=occurrence, due_at=due_at, opens_at=_opens_at(rule, anchored_at, there))
    return planned


def _due_at(offset: Offset, anchored_at: datetime, *, there: ProgrammeTime, known_at: datetime) -> datetime | None:
    due_at = offset.after(anchored_at, there=there)
    if not offset.is_before or due_at >= known_at:
        return due_at
    return anchored_at if anchored_at > known_at else None


def _opens_at(rule: MilestoneRule, anchored_at: datetime, there: ProgrammeTime) -> datetime | None:
    return None if rule.opens is None else rule.opens.after(anchored_at, there=there)


def _plan(
    planned: dict[str, Milestone], rule: MilestoneRule, *, occurrence: int, due_at: datetime, opens_at: datetime | None
) -> None:
    key = milestone_key(rule.code, occurrence)
    before = planned.get(key)
    if before is None:
        planned[key] = Milestone(
            code=rule.code, occurrence=occurrence, due_at=due_at, opens_at=opens_at, escalate_to=rule.escalate_to
        )
    elif before.met_at is None and (before.due_at != due_at or before.lifted_at is not None):
        planned[key] = replace(
            before, due_at=due_at, opens_at=opens_at, missed_at=None, lifted_at=None, resets=before.resets + 1
        )


def _give_up(planned: dict[str, Milestone], key: str, *, at: datetime) -> None:
    before = planned.get(key)
    if before is not None and before.is_owed:
        planned[key] = replace(before, lifted_at=at)


def meet(held: Milestones, code: MilestoneCode, *, at: Moment) -> dict[str, Milestone]:
    """Mark the next one of this code as met, once; a protocol without this milestone is left as it is.

    Nothing is met before its window opens: the contact counts as a contact, the milestone is still owed.
    """
    due = first_owed(held, (code,))
    if due is None or (due.opens_at is not None and at.occurred_at < due.opens_at):
        return dict(held)
    return {**held, due.key: replace(due, met_at=at.occurred_at, met_recorded_at=at.recorded_at)}


def lift_preparations(held: Milestones, *, at: Moment) -> dict[str, Milestone]:
    """The person has left: what was to be done before is not owed any more, and whether it was missed stays known."""
    return _lift(held, at=at, which=PREPARATIONS)


def lift_all(held: Milestones, *, at: Moment) -> dict[str, Milestone]:
    """Nothing more is owed: what has ended keeps no overdue clock."""
    return _lift(held, at=at, which=tuple(MilestoneCode))


def _lift(held: Milestones, *, at: Moment, which: tuple[MilestoneCode, ...]) -> dict[str, Milestone]:
    return {
        key: replace(one, lifted_at=at.occurred_at) if one.is_owed and one.code in which else one
        for key, one in held.items()
    }


def first_owed(held: Milestones, codes: Iterable[MilestoneCode] = FOLLOW_UPS) -> Milestone | None:
    """The owed milestone with the earliest due time among those of `codes`."""
    wanted = frozenset(codes)
    owed = [one for one in held.values() if one.code in wanted and one.is_owed]
    return min(owed, key=lambda milestone: (milestone.due_at, milestone.key), default=None)
