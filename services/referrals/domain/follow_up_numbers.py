"""Follow-up rates of each measure, and whose clocks run out soon. Denominators are discharges, never persons."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from services.referrals.domain.discharges import Discharge
from services.referrals.domain.follow_up import ClockState, FollowUpClock, clocks_of, exclusion_of
from services.referrals.domain.measures import Channel, Exclusion, Measure, MeasureCode, MeasureShelf, Window
from services.referrals.domain.small_cells import Share, is_small, withheld_counts, withheld_share
from shared.contracts.codes import PracticeRole

_FRIDAY = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class WindowNumbers:
    """`share`: met among the discharges whose window is over. `running` are those whose window is not, `met_early` of them."""

    share: Share
    running: int | None
    met_early: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class MeasureNumbers:
    """One measure in one year. `discharges` are all that begin its clocks, those left out by reason in `excluded`."""

    code: MeasureCode
    year: int
    discharges: int | None
    excluded: Mapping[Exclusion, int | None]
    windows: Mapping[Window, WindowNumbers]


@dataclass(frozen=True, kw_only=True, slots=True)
class AtRisk:
    """A clock that runs out by `last_day` (that day included) unless somebody in one of `roles` reaches the person.

    `may_not_count` says why it might be in no denominator all the same; the person is owed the contact anyway.
    """

    handoff_id: UUID
    programme_id: UUID
    measure: MeasureCode
    year: int
    window: Window
    first_day: date
    last_day: date
    roles: frozenset[PracticeRole]
    channels: frozenset[Channel]
    may_not_count: Exclusion | None


def follow_up_numbers(
    discharges: Iterable[Discharge], *, measures: MeasureShelf, as_of: datetime
) -> list[MeasureNumbers]:
    """Every measure that any of the discharges begins, by year and code."""
    begun: dict[tuple[int, MeasureCode], tuple[Measure, list[Discharge]]] = {}
    for discharge in discharges:
        for measure in measures.following(discharge.setting, left_on=discharge.left_on):
            begun.setdefault((measure.year, measure.code), (measure, []))[1].append(discharge)
    return [_numbers(*begun[key], as_of=as_of) for key in sorted(begun)]


def at_risk(
    discharges: Iterable[Discharge], *, measures: MeasureShelf, as_of: datetime, by: date | None
) -> list[AtRisk]:
    """Running clocks that end on or before `by` (without it, the coming Friday there), the earliest end first."""
    found = [line for discharge in discharges for line in _lines(discharge, measures, as_of=as_of, by=by)]
    return sorted(found, key=lambda line: (line.last_day, line.handoff_id, line.measure, line.window))


def coming_friday(today: date) -> date:
    """Today, where it is one."""
    return today + timedelta(days=(_FRIDAY - today.weekday()) % 7)


def withheld(numbers: MeasureNumbers) -> MeasureNumbers:
    """The same for those who only need to see how it goes: without cells that could point at somebody."""
    counts = {key: count for key, count in numbers.excluded.items() if count is not None}
    excluded = withheld_counts(counts)
    hidden = any(count is None for count in excluded.values())
    windows = {window: _withheld_window(one) for window, one in numbers.windows.items()}
    hidden = hidden or any(one.share.denominator is None or one.running is None for one in windows.values())
    total = None if hidden or is_small(numbers.discharges or 0) else numbers.discharges
    return replace(numbers, discharges=total, excluded=excluded, windows=windows)


def _withheld_window(one: WindowNumbers) -> WindowNumbers:
    running, early = one.running or 0, one.met_early or 0
    if is_small(running):
        return WindowNumbers(share=withheld_share(one.share), running=None, met_early=None)
    small = is_small(early) or is_small(running - early)
    return WindowNumbers(share=withheld_share(one.share), running=running, met_early=None if small else early)


def _numbers(measure: Measure, discharges: Sequence[Discharge], *, as_of: datetime) -> MeasureNumbers:
    excluded: Counter[Exclusion] = Counter()
    clocks: list[FollowUpClock] = []
    for discharge in discharges:
        exclusion = exclusion_of(measure, discharge)
        if exclusion is None:
            clocks += clocks_of(measure, discharge, as_of=as_of)
        else:
            excluded[exclusion] += 1
    return MeasureNumbers(
        code=measure.code,
        year=measure.year,
        discharges=len(discharges),
        excluded={reason: excluded[reason] for reason in Exclusion},
        windows={window: _window([one for one in clocks if one.window is window]) for window in Window},
    )


def _window(clocks: Sequence[FollowUpClock]) -> WindowNumbers:
    over = [one for one in clocks if one.is_over]
    running = [one for one in clocks if not one.is_over]
    return WindowNumbers(
        share=Share(numerator=_met(over), denominator=len(over)), running=len(running), met_early=_met(running)
    )


def _met(clocks: Iterable[FollowUpClock]) -> int:
    return sum(one.state is ClockState.MET for one in clocks)


def _lines(discharge: Discharge, measures: MeasureShelf, *, as_of: datetime, by: date | None) -> Iterator[AtRisk]:
    last = by or coming_friday(discharge.day_there(as_of))
    for measure in measures.following(discharge.setting, left_on=discharge.left_on):
        exclusion = exclusion_of(measure, discharge)
        if exclusion not in (None, Exclusion.AGE_NOT_KNOWN):
            continue
        for clock in clocks_of(measure, discharge, as_of=as_of):
            if clock.state is ClockState.RUNNING and clock.last_day <= last:
                yield AtRisk(
                    handoff_id=discharge.handoff_id,
                    programme_id=discharge.programme_id,
                    measure=measure.code,
                    year=measure.year,
                    window=clock.window,
                    first_day=clock.first_day,
                    last_day=clock.last_day,
                    roles=measure.roles,
                    channels=measure.channels - {Channel.NOT_RECORDED},
                    may_not_count=exclusion,
                )
