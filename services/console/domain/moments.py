"""Times in plain words: how far away, on which day, and whether something is late."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from services.console.domain.words import Words

_SOON = timedelta(seconds=60)


def zone_named(name: str) -> ZoneInfo:
    """A time zone; UTC where the name is not known."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """An instant as a page shows it: `distance` ("in 2 hours"), `clock` ("Sun 22 Nov, 3:26 pm") and for machines `iso`.

    `deadline` is the clock, but for midnight: what is due by then is due on the day that ends with it.
    """

    iso: str
    distance: str
    clock: str
    deadline: str
    past: bool


def moment(instant: datetime, *, now: datetime, zone: ZoneInfo, words: Words) -> Moment:
    """An instant in words, in the zone of the programme."""
    local = instant.astimezone(zone)
    return Moment(
        iso=instant.isoformat(),
        distance=_distance(instant - now, words=words),
        clock=_clock(local, words=words),
        deadline=_deadline(local, words=words),
        past=instant < now,
    )


def _distance(gap: timedelta, *, words: Words) -> str:
    size = abs(gap)
    if size < _SOON:
        return words("time.now")
    return words("time.in" if gap > timedelta() else "time.ago", span=span(size, words=words))


def span(size: timedelta, *, words: Words) -> str:
    """A length of time, in its largest sensible unit."""
    minutes = int(size.total_seconds() // 60)
    if minutes < 90:
        return words.count("time.minutes", max(minutes, 1))
    hours = round(minutes / 60)
    if hours < 36:
        return words.count("time.hours", hours)
    return words.count("time.days", round(hours / 24))


def _clock(local: datetime, *, words: Words) -> str:
    return words(
        "time.clock",
        weekday=words(f"time.weekday.{local.weekday()}"),
        day=local.day,
        month=words(f"time.month.{local.month}"),
        hour=wall_clock(local.time(), words=words),
    )


def _deadline(local: datetime, *, words: Words) -> str:
    if (local.hour, local.minute, local.second) != (0, 0, 0):
        return _clock(local, words=words)
    ending = local - timedelta(days=1)
    return words(
        "time.end_of_day",
        weekday=words(f"time.weekday.{ending.weekday()}"),
        day=ending.day,
        month=words(f"time.month.{ending.month}"),
    )


def wall_clock(at: time, *, words: Words) -> str:
    """A time of day: "3:26 pm"."""
    half = words("time.am" if at.hour < 12 else "time.pm")
    return words("time.hour12", hour=at.hour % 12 or 12, minute=f"{at.minute:02d}", half=half)


def week_of(instant: datetime, *, zone: ZoneInfo) -> datetime:
    """The Monday, midnight, that begins the week of an instant."""
    local = instant.astimezone(zone)
    return local.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=local.weekday())
