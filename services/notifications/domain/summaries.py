"""The weekly summary: how the week went, the good news first, in numbers too large to point at anybody."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared.contracts.codes import PracticeRole

READERS = frozenset({PracticeRole.PEER_SUPERVISOR, PracticeRole.CLINICAL_SUPERVISOR})
DAY, HOUR = 0, time(9)
"""Monday morning at nine, on the reader's own wall clock."""
SMALLEST_SHOWN = 5
"""Smaller numbers could point at somebody (5-people-and-pages, Words)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekCounts:
    """Of one organisation's handoffs in one week. An offer may be neither answered nor unanswered: withdrawn, or still open."""

    offered: int
    answered: int
    unanswered: int
    first_contacts: int


def next_summary(after: datetime, *, zone: ZoneInfo) -> datetime:
    """The first Monday at nine o'clock, local time, that lies after this instant (UTC)."""
    return min(instant for instant in _mondays_around(after, zone=zone) if instant > after)


def last_summary(until: datetime, *, zone: ZoneInfo) -> datetime:
    """The last one that does not lie after this instant (UTC)."""
    return max(instant for instant in _mondays_around(until, zone=zone) if instant <= until)


def _mondays_around(instant: datetime, *, zone: ZoneInfo) -> list[datetime]:
    today = instant.astimezone(zone).date()
    this_week = today - timedelta(days=today.weekday() - DAY)
    days = (this_week + timedelta(weeks=weeks) for weeks in (-1, 0, 1))
    return [datetime.combine(day, HOUR, tzinfo=zone).astimezone(UTC) for day in days]


def summary_text(counts: WeekCounts) -> str:
    """A few sentences with nothing but numbers; no number in them, nor the difference of two, is from 1 to 4."""
    if counts.offered == 0:
        return f"Last week no handoff was offered.{_contacts(counts)} Sign in to see more.\n"
    offered = f"Last week {_number(counts.offered)} handoffs were offered."
    return f"{offered}{_answered(counts)}{_contacts(counts)}{_waited(counts)} Sign in to see more.\n"


def _has_small_part(counts: WeekCounts) -> bool:
    # Exact numbers beside the whole would give the small part away, so then there are words instead.
    parts = (counts.answered, counts.unanswered, counts.offered - counts.answered - counts.unanswered)
    return any(0 < part < SMALLEST_SHOWN for part in parts)


def _answered(counts: WeekCounts) -> str:
    if counts.answered == 0:
        return ""
    if counts.answered == counts.offered:
        return " Every one was answered in time."
    if _has_small_part(counts):
        return (
            " Most were answered in time." if counts.answered * 2 > counts.offered else " Some were answered in time."
        )
    return f" {counts.answered} were answered in time."


def _waited(counts: WeekCounts) -> str:
    if counts.unanswered == 0:
        return " None waited for an answer too long."
    if counts.unanswered < SMALLEST_SHOWN:
        return f" Fewer than {SMALLEST_SHOWN} waited for an answer too long."
    if _has_small_part(counts):
        return " Some waited for an answer too long."
    return f" {counts.unanswered} waited for an answer too long."


def _contacts(counts: WeekCounts) -> str:
    if counts.first_contacts == 0:
        return ""
    if counts.first_contacts < SMALLEST_SHOWN:
        return f" First contacts made: {_number(counts.first_contacts)}."
    return f" {counts.first_contacts} first contacts were made."


def _number(count: int) -> str:
    return f"fewer than {SMALLEST_SHOWN}" if count < SMALLEST_SHOWN else str(count)
