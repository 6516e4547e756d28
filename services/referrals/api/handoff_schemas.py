"""Requests and answers about handoffs."""

from enum import StrEnum
from typing import Literal
from uuid import UUID

from services.referrals.api.fields import Instant, RequestBody
from services.referrals.domain.handoff_states import (
    ContactChannel,
    DeclineReason,
    IntroductionChannel,
    Outcome,
    Preparation,
    WithdrawReason,
)
from services.referrals.domain.protocols import FOLLOW_UPS
from shared.contracts.codes import ReportedBy


class Reached(StrEnum):
    """Whether a contact reached the person; only `reached` is a contact, the other is an attempt."""

    REACHED = "reached"
    NOT_REACHED = "not_reached"


class AcceptRequest(RequestBody):
    """Yes. The body may be empty."""

    occurred_at: Instant | None = None


class DeclineRequest(RequestBody):
    """Can't right now, or outside my role: two equal answers."""

    reason: DeclineReason
    occurred_at: Instant | None = None


class PreparationRequest(RequestBody):
    """What was made ready before the person leaves."""

    step: Preparation
    occurred_at: Instant | None = None


class IntroductionRequest(RequestBody):
    """The person and a peer have met. Without `peer_worker_id`: the one it lies with, or is meant for."""

    how: IntroductionChannel
    peer_worker_id: UUID | None = None
    occurred_at: Instant | None = None


class ContactRequest(RequestBody):
    """A contact, or an attempt at one."""

    how: ContactChannel
    outcome: Reached
    reported_by: ReportedBy = ReportedBy.STAFF
    occurred_at: Instant | None = None

    @property
    def reached(self) -> bool:
        """Whether the person was reached."""
        return self.outcome is Reached.REACHED


class FollowUpRequest(ContactRequest):
    """A contact after the first one, and the milestone it was made for, if it was made for one."""

    milestone: Literal[*FOLLOW_UPS] | None = None  # type: ignore[valid-type]


class CloseRequest(RequestBody):
    """How it ended; `reported_by` says whose word that is."""

    outcome: Outcome
    reported_by: ReportedBy = ReportedBy.STAFF
    occurred_at: Instant | None = None


class WithdrawRequest(RequestBody):
    """Why the handoff is taken back."""

    reason: WithdrawReason
    occurred_at: Instant | None = None
