"""Requests and answers about who is on call and who has stepped back."""

from datetime import datetime
from uuid import UUID

from services.referrals.api.fields import Instant, RequestBody, View
from services.referrals.domain.roster import Duty


class ShiftRequest(RequestBody):
    """Somebody is on call from `starts_at` until `ends_at`."""

    worker_id: UUID
    duty: Duty
    starts_at: Instant
    ends_at: Instant


class ShiftView(View):
    """A shift."""

    id: UUID
    version: int
    programme_id: UUID
    worker_id: UUID
    duty: Duty
    starts_at: datetime
    ends_at: datetime


class AbsenceRequest(RequestBody):
    """From now, or from `starts_at`; without `ends_at` until the worker comes back. No reason is asked for."""

    starts_at: Instant | None = None
    ends_at: Instant | None = None


class AbsenceView(View):
    """An absence."""

    id: UUID
    version: int
    worker_id: UUID
    starts_at: datetime
    ends_at: datetime | None
