"""Is there room? Nobody is named to ask, and nobody is named in the answer; and how a programme's room is set."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.console.domain import told
from services.console.domain.session import Session
from services.console.domain.told_team import Capacity
from services.console.use_cases.directory import Directory
from services.console.use_cases.ports import Refused, Unreachable
from services.console.use_cases.referring_ports import Teams

_MOST_PROGRAMMES = 60
_MOST_PEOPLE = 1000
WITH_ROOM = "has_capacity"


@dataclass(frozen=True, kw_only=True, slots=True)
class Room:
    """One programme; `capacity` is absent where nobody could say."""

    programme: told.Programme
    capacity: Capacity | None

    @property
    def rank(self) -> tuple[bool, str]:
        """Where there is room comes first, then by name."""
        return (self.capacity is None or self.capacity.status != WITH_ROOM, self.programme.name)


async def read_rooms(directory: Directory, *, by: Session, teams: Teams) -> list[Room]:
    """Every active programme, the first sixty by name."""
    programmes = directory.active_programmes()[:_MOST_PROGRAMMES]
    found = await asyncio.gather(*(read_room(one, by=by, teams=teams) for one in programmes))
    return sorted(found, key=lambda one: one.rank)


async def read_room(programme: told.Programme, *, by: Session, teams: Teams) -> Room:
    """One of them. That nobody can say stops no page."""
    try:
        return Room(programme=programme, capacity=await teams.capacity(programme.id, by=by))
    except (Refused, Unreachable):
        return Room(programme=programme, capacity=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class TermsForm:
    """A programme's own terms as filled in. `errors` maps a field to the key of the words that say what to do."""

    given: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.given.get(name, "")


BOXES = ("waitlist", "assessment_first", "supervision_must_be_current")


def read_terms(form: Mapping[str, str]) -> tuple[dict[str, Any], TermsForm]:
    """What referrals is told, and the form with what is wrong in it."""
    given = {name: form[name].strip() for name in ("effective_from", "caseload", *BOXES) if form.get(name)}
    body: dict[str, Any] = {name: name in given for name in BOXES}
    errors = {}
    try:
        body["effective_from"] = date.fromisoformat(given.get("effective_from", "")).isoformat()
    except ValueError:
        errors["effective_from"] = "room.error.day"
    caseload = given.get("caseload", "")
    if caseload.isascii() and caseload.isdigit() and int(caseload[:6]) <= _MOST_PEOPLE:
        body["caseload"] = int(caseload)
    elif caseload:
        errors["caseload"] = "room.error.caseload"
    return body, TermsForm(given=given, errors=errors)


def programmes_with(rooms: Sequence[Room], *, room: bool) -> list[Room]:
    """Those that have room, or the others."""
    return [one for one in rooms if (one.capacity is not None and one.capacity.status == WITH_ROOM) is room]
