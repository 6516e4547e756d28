"""What happened, line by line: the timeline of a handoff. Codes and ids only, never a narrative."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """When something happened by the caller's word (late entry allowed), and when we wrote it down."""

    occurred_at: datetime
    recorded_at: datetime


class FactKind(StrEnum):
    """Every kind of line on a timeline."""

    PLANNED = "planned"
    REPLANNED = "replanned"
    DISCHARGED = "discharged"
    CANCELLED = "cancelled"
    RETRACTED = "retracted"
    SUGGESTED = "suggested"
    PREPARED = "prepared"
    OFFERED = "offered"
    ESCALATED = "escalated"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    OUTSIDE_ROLE_REPORTED = "outside_role_reported"
    UNANSWERED = "unanswered"
    ESCALATION_UNANSWERED = "escalation_unanswered"
    SIGNAL_IGNORED = "signal_ignored"
    INTRODUCED = "introduced"
    CONTACT_ATTEMPTED = "contact_attempted"
    FIRST_CONTACT = "first_contact"
    FOLLOWED_UP = "followed_up"
    CUSTODY_MOVED = "custody_moved"
    REHOMED = "rehomed"
    MERGED = "merged"
    MILESTONE_MISSED = "milestone_missed"
    DELIVERY_FAILED = "delivery_failed"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Attention(StrEnum):
    """Why a supervisor should look at a handoff now."""

    ESCALATION_UNANSWERED = "escalation_unanswered"
    DELIVERY_FAILED = "delivery_failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class HandoffFact:
    """One line. `by_worker_id` did it (nobody: the system), `worker_id` is whom it concerns, `code` says how or why."""

    kind: FactKind
    at: Moment
    version: int
    by_worker_id: UUID | None = None
    worker_id: UUID | None = None
    code: str | None = None
    offer_number: int | None = None
    reported_by: str | None = None
