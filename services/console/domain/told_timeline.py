"""What referrals tells of who knew what, when."""

from datetime import datetime
from uuid import UUID

from services.console.domain.told import Told
from services.console.domain.told_custody import CustodyLine


class Entry(Told):
    """One line: it happened at `occurred_at`, and is known since `recorded_at`."""

    kind: str
    occurred_at: datetime
    recorded_at: datetime
    by_worker_id: UUID | None = None
    worker_id: UUID | None = None
    code: str | None = None
    milestone: str | None = None
    in_time: bool | None = None


class Gap(Told):
    """Minutes from leaving to first contact, and those of them in which nobody accountable was at work."""

    waited_minutes: int
    gap_minutes: int
    until: datetime


class Timeline(Told):
    """Everything of one handoff in the order in which it became known; `gap` is absent before the person has left."""

    entries: tuple[Entry, ...]
    custody: tuple[CustodyLine, ...]
    gap: Gap | None
