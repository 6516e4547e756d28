"""What weekly summaries, and letters of any kind, need from the world."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from services.notifications.domain.contact_points import ContactPoints
from services.notifications.domain.letters import LetterKind
from services.notifications.domain.outcomes import Settled
from services.notifications.domain.summaries import WeekCounts
from services.notifications.use_cases.ports import Recipient


@dataclass(frozen=True, slots=True, kw_only=True)
class DueSummary:
    """A reader whose summary is due. `wanted`: works here, still supervises, has not switched it off."""

    reader: Recipient
    organization_id: UUID | None
    time_zone: str
    due_at: datetime
    wanted: bool


class SummaryWork(Protocol):
    """The transaction in which due summaries are written and the next ones are set."""

    async def take_due(self, *, now: datetime, limit: int) -> list[DueSummary]:
        """Rows that nobody else holds, locked."""
        ...

    async def counts(self, reader: Recipient, *, organization_id: UUID, since: datetime, until: datetime) -> WeekCounts:
        """The organisation's week."""
        ...

    async def write(self, reader: Recipient, *, week: str, counts: WeekCounts, now: datetime) -> None:
        """A letter; one for each reader and week, however often it is written."""
        ...

    async def set_next(self, reader: Recipient, *, due_at: datetime) -> None:
        """When to come again."""
        ...


class Summaries(Protocol):
    """Where weekly summaries are kept."""

    def working(self) -> AbstractAsyncContextManager[SummaryWork]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LeasedLetter:
    """A letter claimed by this worker, and what is known of its reader now."""

    letter_id: UUID
    reader: Recipient
    kind: LetterKind
    counts: Mapping[str, int]
    attempts: int
    lease_token: UUID
    leased_until: datetime
    reader_active: bool
    contact_points: ContactPoints | None


class Letters(Protocol):
    """Letters that wait to be sent."""

    async def claim(self, *, limit: int, now: datetime, lease: timedelta) -> list[LeasedLetter]:
        """Take what is due."""
        ...

    async def settle(self, outcomes: Sequence[tuple[LeasedLetter, Settled]], *, now: datetime) -> None:
        """Write outcomes; a lease that was lost to somebody else changes nothing."""
        ...
