"""When a step of a protocol is due, in the visitor's language; and on which side of leaving it stands."""

import re
from enum import StrEnum

from services.console.domain.words import Words

_SPAN = r"(?P<{0}n>[0-9]+) (?P<{0}unit>business day|day|hour|minute|second)s?"
_ONE = re.compile(_SPAN.format("") + r"(?P<before> before)?")
_END_OF_DAY = re.compile(r"end of day (?P<n>[0-9]+)")
_REPEATED = re.compile(r"(?P<first>.+), (?P<times>[0-9]+) times, every (?P<every>.+)")
_AFTER = re.compile(r"(?P<first>.+) after (?P<step>[a-z0-9_]+)")
_STRETCH = re.compile(r"(?P<opens>.+) to (?P<closes>.+)")


class Side(StrEnum):
    """Where on the line a step stands."""

    BEFORE = "before"
    LEAVING = "leaving"
    AFTER = "after"
    STEP = "step"
    """It counts from another step."""


def side_of(anchor: str, due: str) -> Side:
    """From what it counts from, and whether that lies ahead of it."""
    if anchor not in ("leaving", "discharge"):
        return Side.STEP
    if "before" in due:
        return Side.BEFORE
    return Side.LEAVING if due == "at once" else Side.AFTER


def due_in_words(due: str, *, words: Words) -> str | None:
    """What referrals says in English, in the visitor's language; nothing where it says it in a way not known here."""
    if found := _AFTER.fullmatch(due):
        first = due_in_words(found["first"], words=words)
        return first and words("due.after", first=first, step=words.of("milestone", found["step"]))
    if found := _REPEATED.fullmatch(due):
        first, every = due_in_words(found["first"], words=words), _one(found["every"], words=words)
        return first and every and words("due.repeated", first=first, n=found["times"], every=every)
    if found := _STRETCH.fullmatch(due):
        opens, closes = _one(found["opens"], words=words), _one(found["closes"], words=words)
        return opens and closes and words("due.stretch", opens=opens, closes=closes)
    return _one(due, words=words)


def _one(due: str, *, words: Words) -> str | None:
    if due == "at once":
        return words("due.at_once")
    if found := _END_OF_DAY.fullmatch(due):
        return words("due.end_of_day", n=found["n"])
    if found := _ONE.fullmatch(due):
        size = words.count(f"due.{found['unit'].replace(' ', '_')}s", int(found["n"]))
        return words("due.before", span=size) if found["before"] else size
    return None
