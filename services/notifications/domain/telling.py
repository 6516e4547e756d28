"""One thing that one worker should know. The modules beside this one derive them from facts."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.notifications.domain.codes import EndReason, ItemKind
from services.notifications.domain.facts import Fact
from shared.contracts.codes import SubjectKind

NOTICE_LADDER = "notice"
CALLED_BACK_LADDER = "called_back"
MISSED_MILESTONE_LADDER = "missed_milestone"
LADDERS_WITHOUT_DEADLINE = (NOTICE_LADDER, CALLED_BACK_LADDER, MISSED_MILESTONE_LADDER)
"""Named by the code, so they must be there; the others are named by events."""


@dataclass(frozen=True, slots=True)
class TellingKey:
    """One inbox item at most exists for each. `occasion` is the offer number, the version of a task or referral,
    or a number for the clock and due time of what is overdue.
    """

    subject_kind: SubjectKind
    subject_id: UUID
    worker_id: UUID
    occasion: int
    kind: ItemKind


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a telling is over, and the version of the fact that says so."""

    version: int
    reason: EndReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Somebody should know something, by this ladder, until it is over."""

    key: TellingKey
    ladder: str
    starts_at: datetime
    subject_version: int
    respond_by: datetime | None = None
    clock_id: UUID | None = None
    """Of an overdue step: its clock."""
    ending: Ending | None = None


def notice(fact: Fact, worker_id: UUID, kind: ItemKind, *, ending: Ending | None) -> Telling:
    """What is shown in the inbox and sent nowhere."""
    return Telling(
        key=TellingKey(fact.subject_kind, fact.subject_id, worker_id, fact.version, kind),
        ladder=NOTICE_LADDER,
        starts_at=fact.recorded_at,
        subject_version=fact.version,
        ending=ending,
    )
