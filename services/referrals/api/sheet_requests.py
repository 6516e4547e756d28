"""What may be written on a handoff's sheet: each part with whose word it is, bounded in length and number."""

from datetime import time
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BeforeValidator, Field, StringConstraints

from services.referrals.api.fields import NO_CONTROLS_BUT_LINES, Instant, Line, RequestBody, Telephone
from services.referrals.domain import sheet_parts as parts
from services.referrals.domain.sheet import PartWords
from services.referrals.domain.sheet_parts import Days, LeaveMessage, SheetPart
from shared.contracts.codes import ReportedBy

ContentT = TypeVar("ContentT", bound=RequestBody)

OwnWords = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600, pattern=NO_CONTROLS_BUT_LINES)
]
"""As much as still fits a sheet that somebody carries in a pocket."""


def _only_text(value: object) -> object:
    """A number is not a time of day, though pydantic would read one as seconds since midnight."""
    if not isinstance(value, str):
        raise ValueError("not a time")
    return value


TimeOfDay = Annotated[time, BeforeValidator(_only_text)]


class Wishes(RequestBody):
    """In the person's own words."""

    words: OwnWords

    def in_domain(self) -> parts.Wishes:
        """The same in the language of the domain."""
        return parts.Wishes(words=self.words)


class Strengths(RequestBody):
    """One a line."""

    lines: Annotated[tuple[Line, ...], Field(min_length=1, max_length=8)]

    def in_domain(self) -> parts.Strengths:
        """The same in the language of the domain."""
        return parts.Strengths(lines=self.lines)


class TimeOfWeek(RequestBody):
    """Local wall time; `until` is later than `since`."""

    days: Days
    since: TimeOfDay
    until: TimeOfDay


Times = Annotated[tuple[TimeOfWeek, ...], Field(max_length=8)]


class ContactWishes(RequestBody):
    """When and how it is safe to get in touch. How the person wants to be reached stands in their own record."""

    reach_at: Line | None = None
    good_times: Times = ()
    not_times: Times = ()
    time_zone: Line | None = None
    leave_message: LeaveMessage | None = None
    safe_words: Line | None = None
    texts_may_name_us: bool | None = None

    def in_domain(self) -> parts.ContactWishes:
        """The same in the language of the domain."""
        times = {
            name: tuple(parts.TimeOfWeek(**dict(one)) for one in getattr(self, name))
            for name in ("good_times", "not_times")
        }
        return parts.ContactWishes(**(dict(self) | times))


class FirstMeeting(RequestBody):
    """Where, when, and who introduces."""

    place: Line | None = None
    starts_at: Instant | None = None
    introduced_by: Line | None = None

    def in_domain(self) -> parts.FirstMeeting:
        """The same in the language of the domain."""
        return parts.FirstMeeting(**dict(self))


class Appointment(RequestBody):
    """Without a time it is still being made."""

    with_whom: Line
    place: Line | None = None
    starts_at: Instant | None = None
    phone: Telephone | None = None


class Appointments(RequestBody):
    """All of them, the next one first by the writer's own order."""

    items: Annotated[tuple[Appointment, ...], Field(min_length=1, max_length=8)]

    def in_domain(self) -> parts.Appointments:
        """The same in the language of the domain."""
        return parts.Appointments(items=tuple(parts.Appointment(**dict(one)) for one in self.items))


class IfThen(RequestBody):
    """A hard moment, and what helps then."""

    situation: OwnWords
    what_helps: OwnWords
    whom_to_call: Line | None = None
    phone: Telephone | None = None


class WhatToDoIf(RequestBody):
    """All of them."""

    items: Annotated[tuple[IfThen, ...], Field(min_length=1, max_length=6)]

    def in_domain(self) -> parts.WhatToDoIf:
        """The same in the language of the domain."""
        return parts.WhatToDoIf(items=tuple(parts.IfThen(**dict(one)) for one in self.items))


class MaySpeakWith(RequestBody):
    """Somebody of the person's own circle."""

    who: Line
    about: Line


class Sharing(RequestBody):
    """With whom we may speak, and what please not. Organisations need a consent; this widens none."""

    people: Annotated[tuple[MaySpeakWith, ...], Field(max_length=6)] = ()
    please_not: OwnWords | None = None

    def in_domain(self) -> parts.Sharing:
        """The same in the language of the domain."""
        return parts.Sharing(
            people=tuple(parts.MaySpeakWith(**dict(one)) for one in self.people), please_not=self.please_not
        )


class Questions(RequestBody):
    """What the person would still like to know."""

    items: Annotated[tuple[Line, ...], Field(min_length=1, max_length=8)]

    def in_domain(self) -> parts.Questions:
        """The same in the language of the domain."""
        return parts.Questions(items=self.items)


class Saying(RequestBody, Generic[ContentT]):
    """What a part is made to say, and whose word that is; without content it is taken back."""

    reported_by: ReportedBy
    content: ContentT | None


class SheetChangeRequest(RequestBody):
    """One part or several; what is left out stays as it is."""

    wishes: Saying[Wishes] | None = None
    strengths: Saying[Strengths] | None = None
    contact: Saying[ContactWishes] | None = None
    first_meeting: Saying[FirstMeeting] | None = None
    appointments: Saying[Appointments] | None = None
    what_to_do_if: Saying[WhatToDoIf] | None = None
    sharing: Saying[Sharing] | None = None
    questions: Saying[Questions] | None = None
    occurred_at: Instant | None = None

    def said(self) -> dict[SheetPart, PartWords]:
        """The parts that were named."""
        named = {part: getattr(self, part.value) for part in SheetPart}
        return {part: _words(saying) for part, saying in named.items() if saying is not None}


def _words(saying: Saying[Any]) -> PartWords:
    content = None if saying.content is None else saying.content.in_domain()
    return PartWords(content=content, reported_by=saying.reported_by)
