"""Reads an HSDS document into rows: strict about what we keep, and open about what we leave out and why."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from services.referrals.domain.directory_kinds import KINDS, NOT_KEPT, Field, FieldType

Row = dict[str, Any]
_UNKNOWN = "not a field of HSDS that is known here"


class DocumentRefused(Exception):  # noqa: N818 - a fact about the document
    """Nothing of the document is taken; each problem is a JSON pointer and what is wrong there, never the value."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


@dataclass(kw_only=True)
class Reading:
    """Rows by kind and id, and how often what was left out for which reason."""

    rows: dict[str, dict[UUID, Row]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


def read_document(document: Any) -> Reading:
    """One thing, a list of them, or a page of an HSDS API (`contents`). Raises DocumentRefused."""
    reading = Reading()
    things, place = document, ""
    if isinstance(document, dict) and isinstance(document.get("contents"), list):
        things, place = document["contents"], "/contents"
    if not isinstance(things, list):
        _read(things, kind=_kind_of(things), place="", links={}, reading=reading)
    else:
        for number, thing in enumerate(things):
            _read(thing, kind=_kind_of(thing), place=f"{place}/{number}", links={}, reading=reading)
    if reading.problems:
        raise DocumentRefused(reading.problems)
    return reading


def _kind_of(thing: Any) -> str | None:
    """What a thing at the top is, by the fields that only its kind must have; None where it is none of ours."""
    if not isinstance(thing, dict) or "version" in thing:
        return None  # only a taxonomy as a whole has a version; its name stands with every term
    for mark, kind in (
        ("location_type", "location"),
        ("status", "service"),
        ("taxonomy", "taxonomy_term"),
        ("service_id", "service_at_location"),
        ("location", "service_at_location"),
    ):
        if mark in thing:
            return kind
    return "organization" if {"name", "description"} <= thing.keys() else None


def _read(thing: Any, *, kind: str | None, place: str, links: Mapping[str, UUID], reading: Reading) -> UUID | None:
    if kind is None or not isinstance(thing, dict):
        reading.problems.append(f"{place or '/'}: not something of HSDS that the directory keeps")
        return None
    about = KINDS[kind]
    own_id: UUID | None = _value(
        thing.get("id"), Field(type=FieldType.UUID, required=True), place=f"{place}/id", reading=reading
    )
    row: Row = {f"{link}_id": links.get(link) for link in about.links}
    row |= {
        name: _value(thing.get(name), one, place=f"{place}/{name}", reading=reading)
        for name, one in about.fields.items()
    }
    for name, inner in about.objects.items():
        if thing.get(name) is not None:
            found = _read(thing[name], kind=inner, place=f"{place}/{name}", links={}, reading=reading)
            if f"{inner}_id" in row:
                row[f"{inner}_id"] = found
    for link in (f"{link}_id" for link in about.links):
        if row[link] is None:
            row[link] = _value(thing.get(link), Field(type=FieldType.UUID), place=f"{place}/{link}", reading=reading)
    if own_id is None:
        return None
    _merge(row, kind=kind, own_id=own_id, reading=reading)
    for name, inner in about.lists.items():
        inside = thing.get(name, [])
        if not isinstance(inside, list):
            reading.problems.append(f"{place}/{name}: has to be a list")
            continue
        for number, one in enumerate(inside):
            _read(one, kind=inner, place=f"{place}/{name}/{number}", links={kind: own_id}, reading=reading)
    known = {"id", *about.fields, *about.objects, *about.lists, *(f"{link}_id" for link in about.links)}
    for name in thing.keys() - known:
        reading.left_out[f"{kind}.{name}", NOT_KEPT.get(name, _UNKNOWN)] += 1
    return own_id


def _merge(row: Row, *, kind: str, own_id: UUID, reading: Reading) -> None:
    """The same id at two places is one thing with both links; what one place leaves open the other may fill."""
    known = reading.rows[kind].setdefault(own_id, {})
    known.update({name: value for name, value in row.items() if value is not None or name not in known})


def _value(value: Any, about: Field, *, place: str, reading: Reading) -> Any:
    if value is None or value == "":
        if about.required:
            reading.problems.append(f"{place}: is missing")
        return None
    try:
        read = _typed(value, about.type)
    except (TypeError, ValueError):
        reading.problems.append(f"{place}: is not a {about.type}")
        return None
    if about.choices and read not in about.choices:
        reading.problems.append(f"{place}: is none of {', '.join(about.choices)}")
        return None
    if (about.low is not None and read < about.low) or (about.high is not None and read > about.high):
        field_name = place.rpartition("/")[2]
        reading.left_out[field_name, f"outside of {about.low:g} to {about.high or float('inf'):g}"] += 1
        return None
    return read


def _typed(value: Any, kind: FieldType) -> Any:
    if kind is FieldType.NUMBER:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TypeError
        return float(value)
    if not isinstance(value, str) or "\x00" in value:
        raise TypeError
    match kind:
        case FieldType.UUID:
            return UUID(value)
        case FieldType.DATE:
            return date.fromisoformat(value)
        case FieldType.TIME:
            return time.fromisoformat(value).isoformat()
        case FieldType.INSTANT:
            instant = datetime.fromisoformat(value)
            return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
        case _:
            return value
