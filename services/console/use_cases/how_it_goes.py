"""How it goes, in numbers that say what they are a share of and point at nobody: of programmes, never of who works there."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from services.console.domain.session import Session
from services.console.domain.small_numbers import is_small, may_show
from services.console.domain.told_numbers import FollowUpNumbers, HandoffCounts, HandoffNumbers, Share, Spread
from services.console.use_cases.ports import NeighbourFailed, Neighbours, Notifications

LOOK_BACK = timedelta(days=30)
_MOST_DELIVERIES = 2000
SHARES = ("accepted", "contacted_in_time", "loop_closed", "silent")
SPREADS = ("time_to_accept", "waited", "custody_gap")
ENDED_WELL, ENDED_OTHERWISE = "delivered", ("failed", "suppressed")


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """So many of so many, as far as it may be shown; `rate` between 0 and 1, absent where there is none to show."""

    part: int | None
    whole: int | None

    @property
    def withheld(self) -> bool:
        """Whether too few people are behind it."""
        return self.part is None

    @property
    def rate(self) -> float | None:
        """Nothing of nothing has no rate."""
        return self.part / self.whole if self.whole and self.part is not None else None


def part_of(share: Share) -> Part:
    """A neighbour's share; what it told in full is withheld here as well where it is small."""
    if share.numerator is None or share.denominator is None:
        return Part(part=None, whole=share.denominator)
    return counted(share.numerator, whole=share.denominator)


def counted(part: int, *, whole: int) -> Part:
    """Of our own counting."""
    if may_show(part, whole=whole):
        return Part(part=part, whole=whole)
    return Part(part=None, whole=None if is_small(whole) else whole)


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelNumbers:
    """What became of the messages of one channel; those still on their way are in neither."""

    channel: str
    sent: Part
    on_the_way: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Deliveries:
    """The last thirty days by channel; `whole` is false where more was sent than was counted."""

    channels: Sequence[ChannelNumbers]
    whole: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class NumbersPage:
    """`deliveries` is absent where notifications cannot say, and where one programme is looked at."""

    handoffs: HandoffNumbers
    follow_up: FollowUpNumbers
    deliveries: Deliveries | None
    programme_id: UUID | None

    @property
    def counts(self) -> HandoffCounts:
        """How handing over went."""
        return self.handoffs.numbers

    @property
    def shares(self) -> list[tuple[str, Part]]:
        """Name and share, in the order of the page."""
        return [(name, part_of(getattr(self.counts, name))) for name in SHARES]

    @property
    def spreads(self) -> list[tuple[str, Spread]]:
        """Name and whole minutes; what too few people are behind has none."""
        return [(name, _spread(getattr(self.counts, name))) for name in SPREADS]


async def read_numbers(
    by: Session,
    *,
    programme_id: UUID | None,
    first: date | None,
    last: date | None,
    now: datetime,
    neighbours: Neighbours,
) -> NumbersPage:
    """All numbers at once. Raises Refused 422 for a period that cannot be counted."""
    handoffs, follow_up, deliveries = await asyncio.gather(
        neighbours.numbers.handoffs(by, programme_id=programme_id, first=first, last=last),
        neighbours.numbers.follow_up(by, programme_id=programme_id, first=first, last=last),
        _deliveries(by, since=now - LOOK_BACK, notifications=neighbours.notifications, asked=programme_id is None),
    )
    return NumbersPage(handoffs=handoffs, follow_up=follow_up, deliveries=deliveries, programme_id=programme_id)


async def _deliveries(by: Session, *, since: datetime, notifications: Notifications, asked: bool) -> Deliveries | None:
    if not asked:
        return None
    try:
        states, whole = await _states_since(since, by=by, notifications=notifications)
    except NeighbourFailed:
        return None
    return Deliveries(channels=[_channel(name, states) for name in sorted({name for name, _ in states})], whole=whole)


async def _states_since(
    since: datetime, *, by: Session, notifications: Notifications
) -> tuple[Counter[tuple[str, str]], bool]:
    """Deliveries by channel and state, newest first until the first one that is older."""
    found: Counter[tuple[str, str]] = Counter()
    cursor, read = None, 0
    while read < _MOST_DELIVERIES:
        page = await notifications.deliveries(by, limit=200, cursor=cursor)
        for one in page.items:
            if one.changed_at < since:
                return found, True
            found[one.channel, one.state] += 1
        read += len(page.items)
        cursor = page.next_cursor
        if cursor is None:
            return found, True
    return found, False


def _channel(channel: str, states: Mapping[tuple[str, str], int]) -> ChannelNumbers:
    of_it = {state: number for (name, state), number in states.items() if name == channel}
    sent = of_it.get(ENDED_WELL, 0)
    ended = sent + sum(of_it.get(state, 0) for state in ENDED_OTHERWISE)
    on_the_way = sum(of_it.get(state, 0) for state in ("planned", "leased", "retry"))
    return ChannelNumbers(channel=channel, sent=counted(sent, whole=ended), on_the_way=on_the_way)


def _spread(spread: Spread) -> Spread:
    if spread.count is None or not is_small(spread.count):
        return spread
    return Spread(count=None, median=None, p90=None, total=None, withheld=True)
