"""How long the person waited after leaving, and how much of that nobody who was accountable was at work.

There is always an owner, so custody itself has no gap. But the sender keeps it until somebody has accepted and met the
person, and goes home meanwhile. What is measured is the time between leaving and first contact in which the programme
was closed and its owner not on call: accountable on paper, out of reach in fact.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.referrals.domain.calendars import BusinessCalendar
from services.referrals.domain.local_times import local_date

Span = tuple[datetime, datetime]


@dataclass(frozen=True, kw_only=True, slots=True)
class CustodyGap:
    """Whole minutes; `until` is the first contact, or the end of the handoff, or the moment of asking."""

    waited_minutes: int
    gap_minutes: int
    until: datetime


def custody_gap(
    *, left_at: datetime, until: datetime, calendar: BusinessCalendar, on_call: Iterable[Span]
) -> CustodyGap:
    """`on_call` are the spans in which somebody was on call for the programme."""
    covered = merged([*_open_spans(calendar, left_at, until), *on_call])
    inside = [(max(begin, left_at), min(end, until)) for begin, end in covered]
    reached = sum((end - begin for begin, end in inside if begin < end), timedelta(0))
    waited = max(until - left_at, timedelta(0))
    return CustodyGap(waited_minutes=_minutes(waited), gap_minutes=_minutes(waited - reached), until=until)


def merged(spans: Sequence[Span]) -> list[Span]:
    """The same time, no part of it twice."""
    found: list[Span] = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found


def _open_spans(calendar: BusinessCalendar, begin: datetime, end: datetime) -> list[Span]:
    day, last = (local_date(instant, time_zone=calendar.time_zone) for instant in (begin, end))
    spans: list[Span] = []
    while day <= last:
        spans += calendar.hours_on(day)
        day += timedelta(days=1)
    return spans


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)
