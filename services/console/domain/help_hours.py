"""Hours of the directory in words: days by name, times as people say them."""

from datetime import time

from services.console.domain.told_help import HelpSchedule
from services.console.domain.words import Words

_DAYS = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}


def hours(schedule: HelpSchedule, *, words: Words) -> str:
    """When it is open: days, then from when to when. Empty where neither is told; its own description stands beside."""
    parts = [_days(schedule, words=words), _times(schedule, words=words)]
    return ", ".join(part for part in parts if part)


def _days(schedule: HelpSchedule, *, words: Words) -> str:
    codes = (code.strip()[-2:].upper() for code in schedule.byday.split(","))  # `1MO` is the first Monday of a month
    named = [words(f"time.weekday.{_DAYS[code]}") for code in codes if code in _DAYS]
    if named:
        return " ".join([*([words("help.monthly")] if schedule.freq == "MONTHLY" else []), ", ".join(named)])
    if schedule.freq == "MONTHLY" and schedule.bymonthday:
        return words("help.month_days", days=schedule.bymonthday.replace(",", ", "))
    return ""


def _times(schedule: HelpSchedule, *, words: Words) -> str:
    if schedule.opens_at is None or schedule.closes_at is None:
        return "" if schedule.opens_at is None else words("help.opens", time=_clock(schedule.opens_at, words=words))
    return f"{_clock(schedule.opens_at, words=words)} – {_clock(schedule.closes_at, words=words)}"


def _clock(at: time, *, words: Words) -> str:
    half = words("time.am" if at.hour < 12 else "time.pm")
    return words("time.hour12", hour=at.hour % 12 or 12, minute=f"{at.minute:02d}", half=half)
