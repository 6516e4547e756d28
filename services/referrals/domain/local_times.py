"""Wall clock and instants: what a local time means on the two days a year when clocks are changed.

A *gap* is a wall time that does not exist (clocks go forward), a *fold* one that comes twice (clocks go back). Decided
here, once, for every due time, opening hour and shift:

- in a gap, the instant at which the clock jumps is meant: the first that comes after the time that was left out;
- in a fold, what begins begins at the first of the two, what ends or falls due does so at the second: nobody gets less
  time than the wall clock promised.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo


def local_date(instant: datetime, *, time_zone: str) -> date:
    """The calendar day there when it is `instant` (aware)."""
    return instant.astimezone(ZoneInfo(time_zone)).date()


def begins_at(wall: datetime, *, time_zone: str) -> datetime:
    """The instant (UTC) at which something begins that begins at this wall time (naive)."""
    return _instant(wall, time_zone, fold=0)


def ends_at(wall: datetime, *, time_zone: str) -> datetime:
    """The instant (UTC) at which something ends or falls due that does so at this wall time (naive)."""
    return _instant(wall, time_zone, fold=1)


def start_of_day(day: date, *, time_zone: str) -> datetime:
    """The first instant (UTC) of a calendar day there."""
    return begins_at(datetime.combine(day, time.min), time_zone=time_zone)


def end_of_day(day: date, *, time_zone: str) -> datetime:
    """The instant (UTC) at which a calendar day there is over: the first one of the next."""
    return start_of_day(day + timedelta(days=1), time_zone=time_zone)


@lru_cache(maxsize=4096)
def _instant(wall: datetime, time_zone: str, *, fold: int) -> datetime:
    zone = ZoneInfo(time_zone)
    instant = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall:
        return instant
    return _jump(wall, zone)


def _jump(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant of the change that left `wall` out: it lies between its readings by the new and by the old offset."""
    early = int(wall.replace(tzinfo=zone, fold=1).timestamp())
    late = int(wall.replace(tzinfo=zone, fold=0).timestamp())
    old = _offset(early, zone)
    while late - early > 1:
        middle = (early + late) // 2
        if _offset(middle, zone) == old:
            early = middle
        else:
            late = middle
    return datetime.fromtimestamp(late, UTC)


def _offset(timestamp: int, zone: ZoneInfo) -> timedelta | None:
    return datetime.fromtimestamp(timestamp, UTC).astimezone(zone).utcoffset()
