"""One part of a sheet as the fields of a form, and back. Rows that are left empty are not there."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from services.console.domain.told_sheet import Sheet

LINE, OWN_WORDS = 200, 600
"""Characters that referrals keeps of a line, and of what somebody says in their own words."""
MOST = {
    "strengths": 8, "questions": 8, "good": 8, "not": 8, "appointments": 8, "what_to_do_if": 6, "sharing": 6,
}  # fmt: skip
DAYS = (
    "every_day", "weekdays", "weekends",
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
)  # fmt: skip
MESSAGES = ("never", "safe_words_only", "yes")
_PHONE = re.compile(r"\+?\(?[0-9][0-9 ().x-]{1,30}")


@dataclass(frozen=True, kw_only=True, slots=True)
class PartForm:
    """What the page shows: what stands there, or what was typed with what is wrong in it (field -> key of words)."""

    given: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)
    content: Mapping[str, Any] | None = None

    def __getitem__(self, name: str) -> str:
        return self.given.get(name, "")

    def wrong(self, key: str) -> "PartForm":
        """The same with a word about the whole form."""
        return replace(self, errors={**self.errors, "part": key})

    def rows(self, first: str, *, most: str) -> range:
        """How many rows to show: those that are filled and one more, two at least."""
        last = max((place for place in range(MOST[most]) if self.given.get(f"{first}_{place}")), default=0)
        return range(min(last + 2, MOST[most]))


class _Reading:
    """A form being read: trimmed, bounded, with what is wrong gathered on the way."""

    def __init__(self, form: Mapping[str, str], *, zone: ZoneInfo) -> None:
        self.form, self.zone = form, zone
        self.errors: dict[str, str] = {}

    def text(self, name: str, *, most: int = LINE) -> str | None:
        return self.form.get(name, "").replace("\r\n", "\n").strip()[:most] or None

    def lines(self, name: str, *, most: str) -> list[str]:
        given = (line.strip()[:LINE] for line in self.form.get(name, "").splitlines())
        return [line for line in given if line][: MOST[most]]

    def rows(self, names: tuple[str, ...], *, most: str) -> list[tuple[int, dict[str, str | None]]]:
        """Rows with anything in them, each with its place in the form."""
        found = [
            (place, {name: self.text(f"{name}_{place}", most=OWN_WORDS) for name in names})
            for place in range(MOST[most])
        ]
        return [(place, row) for place, row in found if any(row.values())]

    def needed(self, name: str, value: str | None) -> str:
        if not value:
            self.errors[name] = "sheet.error.needed"
        return (value or "")[:OWN_WORDS]

    def phone(self, name: str, value: str | None) -> str | None:
        if value and not _PHONE.fullmatch(value):
            self.errors[name] = "sheet.error.phone"
        return value

    def instant(self, day_field: str, clock_field: str) -> str | None:
        day, clock = self.text(day_field), self.text(clock_field)
        if not day and not clock:
            return None
        try:
            return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=self.zone).isoformat()
        except ValueError:
            self.errors[day_field] = "sheet.error.day"
            return None

    def times(self, which: str) -> list[dict[str, str]]:
        found = []
        for place, row in self.rows((f"{which}_since", f"{which}_until"), most=which):
            since, until = row[f"{which}_since"] or "", row[f"{which}_until"] or ""
            if not _is_clock(since) or not _is_clock(until) or until <= since:
                self.errors[f"{which}_since_{place}"] = "sheet.error.times"
            days = self.text(f"{which}_days_{place}")
            found.append({"days": days if days in DAYS else "every_day", "since": since, "until": until})
        return found


def fields_of(part: str, sheet: Sheet, *, zone: ZoneInfo) -> PartForm:
    """What stands there now."""
    said = sheet.said(part)
    content = None if said is None else said.content
    given = {} if content is None else _filled(part, content, zone=zone)
    if said is not None:
        given["reported_by"] = said.reported_by
    return PartForm(given={name: value for name, value in given.items() if value})


def read_fields(part: str, form: Mapping[str, str], *, zone: ZoneInfo) -> PartForm:
    """What was typed; `content` is None where nothing was, and where something is wrong."""
    reading = _Reading(form, zone=zone)
    content = _READ[part](reading)
    return PartForm(given=form, errors=reading.errors, content=None if reading.errors or not content else content)


def _wishes(form: _Reading) -> dict[str, Any]:
    words = form.text("words", most=OWN_WORDS)
    return {"words": words} if words else {}


def _strengths(form: _Reading) -> dict[str, Any]:
    lines = form.lines("lines", most="strengths")
    return {"lines": lines} if lines else {}


def _questions(form: _Reading) -> dict[str, Any]:
    lines = form.lines("lines", most="questions")
    return {"items": lines} if lines else {}


def _contact(form: _Reading) -> dict[str, Any]:
    good, never = form.times("good"), form.times("not")
    message = form.text("leave_message")
    said: dict[str, Any] = {
        "reach_at": form.text("reach_at"),
        "good_times": good,
        "not_times": never,
        "time_zone": form.zone.key if good or never else None,
        "leave_message": message if message in MESSAGES else None,
        "safe_words": form.text("safe_words"),
        "texts_may_name_us": {"yes": True, "no": False}.get(form.form.get("texts", "")),
    }
    return said if any(value not in (None, []) for value in said.values()) else {}


def _first_meeting(form: _Reading) -> dict[str, Any]:
    said = {
        "place": form.text("place"),
        "starts_at": form.instant("day", "clock"),
        "introduced_by": form.text("introduced_by"),
    }
    return said if any(said.values()) else {}


def _appointments(form: _Reading) -> dict[str, Any]:
    items = [
        {
            "with_whom": form.needed(f"with_whom_{place}", row["with_whom"])[:LINE],
            "place": form.text(f"place_{place}"),
            "starts_at": form.instant(f"day_{place}", f"clock_{place}"),
            "phone": form.phone(f"phone_{place}", row["phone"]),
        }
        for place, row in form.rows(("with_whom", "place", "day", "clock", "phone"), most="appointments")
    ]
    return {"items": items} if items else {}


def _what_to_do_if(form: _Reading) -> dict[str, Any]:
    items = [
        {
            "situation": form.needed(f"situation_{place}", row["situation"]),
            "what_helps": form.needed(f"what_helps_{place}", row["what_helps"]),
            "whom_to_call": form.text(f"whom_{place}"),
            "phone": form.phone(f"phone_{place}", row["phone"]),
        }
        for place, row in form.rows(("situation", "what_helps", "whom", "phone"), most="what_to_do_if")
    ]
    return {"items": items} if items else {}


def _sharing(form: _Reading) -> dict[str, Any]:
    people = [
        {
            "who": form.needed(f"who_{place}", row["who"])[:LINE],
            "about": form.needed(f"about_{place}", row["about"])[:LINE],
        }
        for place, row in form.rows(("who", "about"), most="sharing")
    ]
    please_not = form.text("please_not", most=OWN_WORDS)
    return {"people": people, "please_not": please_not} if people or please_not else {}


_READ: dict[str, Callable[[_Reading], dict[str, Any]]] = {
    "wishes": _wishes,
    "strengths": _strengths,
    "contact": _contact,
    "first_meeting": _first_meeting,
    "appointments": _appointments,
    "what_to_do_if": _what_to_do_if,
    "sharing": _sharing,
    "questions": _questions,
}

_RENAMED = {"whom_to_call": "whom", "items": "lines"}


def _filled(part: str, content: Any, *, zone: ZoneInfo) -> dict[str, str]:
    """The fields of a content: rows are numbered, instants are a day and a clock at the programme."""
    given: dict[str, str] = {}
    for name, value in _named(content):
        if name in ("good_times", "not_times"):
            which = name.removesuffix("_times")
            for place, one in enumerate(value):
                given |= {f"{which}_days_{place}": one.days, f"{which}_since_{place}": one.since.strftime("%H:%M")}
                given[f"{which}_until_{place}"] = one.until.strftime("%H:%M")
        elif name == "texts_may_name_us":
            given["texts"] = "" if value is None else "yes" if value else "no"
        elif isinstance(value, tuple) and value and not isinstance(value[0], str):
            for place, one in enumerate(value):
                given |= {f"{key}_{place}": text for key, text in _filled(part, one, zone=zone).items()}
        elif isinstance(value, tuple):
            given[_RENAMED.get(name, name)] = "\n".join(value)
        elif isinstance(value, datetime):
            local = value.astimezone(zone)
            given |= {"day": local.strftime("%Y-%m-%d"), "clock": local.strftime("%H:%M")}
        elif name != "time_zone":  # the programme's, whatever was typed
            given[_RENAMED.get(name, name)] = value or ""
    return given


def _named(content: Any) -> Iterable[tuple[str, Any]]:
    return dict(content).items()


def _is_clock(text: str) -> bool:
    try:
        time.fromisoformat(text)
    except ValueError:
        return False
    return re.fullmatch(r"[0-9]{2}:[0-9]{2}", text) is not None
