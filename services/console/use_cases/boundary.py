"""Boundary events by rule and week, and the share of asked tasks that were not sent. Small numbers are not spelt out."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.console.domain.moments import week_of
from services.console.domain.session import Session
from services.console.use_cases.ports import Neighbours
from shared.contracts.scope import BoundaryEventView

WEEKS = 8

_MOST_TASKS = 2000


@dataclass(frozen=True, kw_only=True, slots=True)
class Week:
    """One point of the trend: tasks asked for in the week, and how many of them were not sent."""

    begins: datetime
    asked: int
    not_sent: int


@dataclass(frozen=True, kw_only=True, slots=True)
class HeatRow:
    """One rule; `cells` has a number per week, in the order of the weeks."""

    rule_id: str
    cells: tuple[int, ...]

    @property
    def total(self) -> int:
        """All weeks."""
        return sum(self.cells)


@dataclass(frozen=True, kw_only=True, slots=True)
class Boundary:
    """`whole` is false where more happened in these weeks than was counted."""

    weeks: tuple[Week, ...]
    rows: tuple[HeatRow, ...]
    events: Sequence[BoundaryEventView]
    as_of: datetime
    whole: bool


async def read_boundary(by: Session, *, now: datetime, zone: ZoneInfo, neighbours: Neighbours) -> Boundary:
    """The last eight weeks, this one included."""
    starts = [week_of(now, zone=zone) - timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1)]
    events, (asked, whole) = await asyncio.gather(
        neighbours.scope_guard.boundary_events(by, since=starts[0]),
        _asked_since(starts[0], by=by, zone=zone, neighbours=neighbours),
    )
    refused = Counter(week_of(event.occurred_at, zone=zone) for event in events)
    by_rule = Counter(
        (rule, week_of(event.occurred_at, zone=zone)) for event in events for rule in deciding(event.rule_ids)
    )
    rules = {rule for rule, _ in by_rule}
    rows = [HeatRow(rule_id=rule, cells=tuple(by_rule[rule, start] for start in starts)) for rule in rules]
    return Boundary(
        weeks=tuple(
            Week(begins=start, asked=asked[start] + refused[start], not_sent=refused[start]) for start in starts
        ),
        rows=tuple(sorted(rows, key=lambda row: (-row.total, row.rule_id))),
        events=events[:50],
        as_of=now,
        whole=whole and len(events) < 1000,
    )


def deciding(rule_ids: Sequence[str]) -> list[str]:
    """Of a mixed task's rules, those that say no carry it in their name; where none does, the first one decided."""
    saying_no = [rule for rule in rule_ids if ".no_" in rule or ".not_" in rule]
    return saying_no or list(rule_ids[:1])


async def _asked_since(
    since: datetime, *, by: Session, zone: ZoneInfo, neighbours: Neighbours
) -> tuple[Counter[datetime], bool]:
    """Stored tasks per week, newest first until the first one that is older."""
    counted: Counter[datetime] = Counter()
    cursor, read = None, 0
    while read < _MOST_TASKS:
        page = await neighbours.referrals.tasks(by, limit=200, cursor=cursor)
        for task in page.items:
            if task.recorded_at < since:
                return counted, True
            counted[week_of(task.recorded_at, zone=zone)] += 1
        read += len(page.items)
        cursor = page.next_cursor
        if cursor is None:
            return counted, True
    return counted, False
