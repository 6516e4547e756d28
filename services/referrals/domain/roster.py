"""Who is on duty when, and who is away."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.referrals.domain.directory import Record
from services.referrals.domain.errors import InvalidField

LONGEST_SHIFT = timedelta(days=14)


class Duty(StrEnum):
    """What somebody is on call for."""

    PEER = "peer"
    """To be asked, also while the programme is closed."""
    DUTY_OWNER = "duty_owner"
    """To hold what nobody else holds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shift(Record):
    """On duty for one programme from `starts_at` until just before `ends_at`. Shifts may overlap while one takes over."""

    programme_id: UUID
    worker_id: UUID
    duty: Duty
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Absence(Record):
    """Stepped back: nothing is asked of the worker, and what they held is looked after. Nobody asks why.

    Without `ends_at` it lasts until it is ended.
    """

    worker_id: UUID
    starts_at: datetime
    ends_at: datetime | None = None


def check_shift(*, starts_at: datetime, ends_at: datetime) -> None:
    """Raise InvalidField for a shift that ends before it begins, or that nobody could keep."""
    if ends_at <= starts_at:
        raise InvalidField("ends_before_it_begins", pointer="/ends_at")
    if ends_at - starts_at > LONGEST_SHIFT:
        raise InvalidField("too_long", pointer="/ends_at")
