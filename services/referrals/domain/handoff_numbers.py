"""How handing over goes: how long until somebody accepts, whether people are met in time, and whether anybody answered.

Of programmes, never of the people who work there: nobody is ranked here.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.referrals.domain.custody_gap import CustodyGap
from services.referrals.domain.discharges import Discharge
from services.referrals.domain.small_cells import Share, is_small, withheld_share

GapOf = Callable[[Discharge, datetime], CustodyGap]
"""How long somebody waited until an instant, and how much of that nobody accountable was at work."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Spread:
    """Whole minutes over `count` of them; no figure where there is none, or where it is withheld."""

    count: int | None
    median: int | None
    p90: int | None
    total: int | None
    withheld: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class HandoffNumbers:
    """Denominators: `accepted` all discharges; `contacted_in_time` those whose clock for it is over or was met before;
    `silent` those that were offered; `loop_closed` those not taken back. `custody_gap` counts all discharges.
    """

    discharges: int | None
    accepted: Share
    time_to_accept: Spread
    contacted_in_time: Share
    silent: Share
    custody_gap: Spread
    waited: Spread
    loop_closed: Share


def handoff_numbers(discharges: Iterable[Discharge], *, as_of: datetime, gap_of: GapOf) -> HandoffNumbers:
    """All of them as they stood at `as_of`."""
    every = list(discharges)
    gaps = [gap_of(one, _until(one, as_of)) for one in every]
    clocked = [one for one in every if _clock_is_done(one, as_of=as_of)]
    offered = [one for one in every if one.offered]
    kept = [one for one in every if one.withdrawn_at is None]
    return HandoffNumbers(
        discharges=len(every),
        accepted=_share(every, lambda one: one.accepted_at is not None),
        time_to_accept=spread(
            [_minutes(one.accepted_at - one.left_at) for one in every if one.accepted_at is not None]
        ),
        contacted_in_time=_share(clocked, _contacted_in_time),
        silent=_share(offered, _nobody_answered),
        custody_gap=spread([one.gap_minutes for one in gaps]),
        waited=spread([one.waited_minutes for one in gaps]),
        loop_closed=_share(kept, lambda one: one.closed_at is not None),
    )


def spread(minutes: Sequence[int]) -> Spread:
    """The median and the ninetieth percentile by nearest rank: both are values that occurred."""
    ordered = sorted(minutes)
    return Spread(
        count=len(ordered), median=_rank(ordered, 0.5), p90=_rank(ordered, 0.9), total=sum(ordered) if ordered else None
    )


def withheld(numbers: HandoffNumbers) -> HandoffNumbers:
    """The same for those who only need to see how it goes: without cells that could point at somebody."""
    return replace(
        numbers,
        discharges=None if is_small(numbers.discharges or 0) else numbers.discharges,
        accepted=withheld_share(numbers.accepted),
        time_to_accept=_withheld_spread(numbers.time_to_accept, hidden=withheld_share(numbers.accepted).withheld),
        contacted_in_time=withheld_share(numbers.contacted_in_time),
        silent=withheld_share(numbers.silent),
        custody_gap=_withheld_spread(numbers.custody_gap),
        waited=_withheld_spread(numbers.waited),
        loop_closed=withheld_share(numbers.loop_closed),
    )


def _withheld_spread(one: Spread, *, hidden: bool = False) -> Spread:
    """A spread whose count would give away a withheld share is withheld with it."""
    if hidden or is_small(one.count or 0):
        return Spread(count=None, median=None, p90=None, total=None, withheld=True)
    return one


def _share(among: Sequence[Discharge], which: Callable[[Discharge], bool]) -> Share:
    return Share(numerator=sum(map(which, among)), denominator=len(among))


def _until(one: Discharge, as_of: datetime) -> datetime:
    return one.contacted_at or one.closed_at or one.withdrawn_at or as_of


def _clock_is_done(one: Discharge, *, as_of: datetime) -> bool:
    """Met, or over while it was still owed; what was lifted before its time is no failure of anybody."""
    due_at = one.contact_due_at
    if due_at is None:
        return False
    if one.contacted_at is not None:
        return True
    return due_at <= as_of and (one.contact_lifted_at is None or one.contact_lifted_at > due_at)


def _contacted_in_time(one: Discharge) -> bool:
    return one.contacted_at is not None and one.contact_due_at is not None and one.contacted_at <= one.contact_due_at


def _nobody_answered(one: Discharge) -> bool:
    """Somebody was asked and let the time pass, and nobody has said yes or no since. A no is an answer."""
    return one.unanswered > 0 and one.declined == 0 and one.accepted_at is None


def _rank(ordered: Sequence[int], part: float) -> int | None:
    return ordered[max(math.ceil(part * len(ordered)) - 1, 0)] if ordered else None


def _minutes(span: timedelta) -> int:
    return max(int(span.total_seconds() // 60), 0)
