"""What referrals tells of who has held a person, for those who send and supervise."""

from datetime import datetime
from uuid import UUID

from services.console.domain.told import Told, Transition


class CustodyLine(Told):
    """From `occurred_at` on the person was held by `to_worker_id`; `cause` says why."""

    sequence: int
    to_worker_id: UUID
    cause: str
    occurred_at: datetime


class HeldTransition(Transition):
    """A transition with everybody who has held the person on it, oldest first."""

    custody: tuple[CustodyLine, ...]
