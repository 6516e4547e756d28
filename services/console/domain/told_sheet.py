"""The sheet of a handoff, as referrals tells it to this visitor."""

from datetime import datetime, time
from typing import Generic, TypeVar
from uuid import UUID

from services.console.domain.told import Notice, Told

ContentT = TypeVar("ContentT", bound=Told)

PARTS = (
    "wishes", "strengths", "contact", "first_meeting", "appointments", "what_to_do_if", "sharing", "questions",
)  # fmt: skip
"""In the order in which they are asked about."""


class Wishes(Told):
    """In the person's own words."""

    words: str


class Strengths(Told):
    """One a line."""

    lines: tuple[str, ...]


class TimeOfWeek(Told):
    """Wall times at the programme."""

    days: str
    since: time
    until: time


class ContactWishes(Told):
    """When and how it is safe to get in touch."""

    reach_at: str | None = None
    good_times: tuple[TimeOfWeek, ...] = ()
    not_times: tuple[TimeOfWeek, ...] = ()
    time_zone: str | None = None
    leave_message: str | None = None
    safe_words: str | None = None
    texts_may_name_us: bool | None = None


class FirstMeeting(Told):
    """Where, when, and who introduces."""

    place: str | None = None
    starts_at: datetime | None = None
    introduced_by: str | None = None


class Appointment(Told):
    """Somebody the person will see."""

    with_whom: str
    place: str | None = None
    starts_at: datetime | None = None
    phone: str | None = None


class Appointments(Told):
    """All of them."""

    items: tuple[Appointment, ...]


class IfThen(Told):
    """A hard moment, and what helps then."""

    situation: str
    what_helps: str
    whom_to_call: str | None = None
    phone: str | None = None


class WhatToDoIf(Told):
    """All of them."""

    items: tuple[IfThen, ...]


class MaySpeakWith(Told):
    """Somebody of the person's own circle."""

    who: str
    about: str


class Sharing(Told):
    """With whom we may speak, and what please not."""

    people: tuple[MaySpeakWith, ...] = ()
    please_not: str | None = None


class Questions(Told):
    """What the person would still like to know."""

    items: tuple[str, ...]


class Said(Told, Generic[ContentT]):
    """A part with whose word it is; without content it was taken back."""

    content: ContentT | None
    reported_by: str
    by_worker_id: UUID | None
    version: int
    occurred_at: datetime


class Parts(Told):
    """None where nothing was ever said."""

    wishes: Said[Wishes] | None = None
    strengths: Said[Strengths] | None = None
    contact: Said[ContactWishes] | None = None
    first_meeting: Said[FirstMeeting] | None = None
    appointments: Said[Appointments] | None = None
    what_to_do_if: Said[WhatToDoIf] | None = None
    sharing: Said[Sharing] | None = None
    questions: Said[Questions] | None = None


class ConsentInForce(Told):
    """Who is told what, until when, and how that is taken back."""

    recipients: tuple[str, ...]
    recipient_class: str | None
    information: tuple[str, ...]
    expires_at: datetime | None
    revocation_how: str


class RevisedPart(Told):
    """A part that a revision touched, and whose word it was."""

    part: str
    reported_by: str
    taken_back: bool


class Revision(Told):
    """Who changed what, and when."""

    version: int
    parts: tuple[RevisedPart, ...]
    by_worker_id: UUID | None
    occurred_at: datetime
    recorded_at: datetime


class Sheet(Told):
    """The sheet with what is missing; `withheld` parts are not for this visitor to read or to write."""

    version: int
    missing: tuple[str, ...]
    parts: Parts
    withheld: tuple[str, ...]
    crisis_line: str
    help_line: str | None
    consents: tuple[ConsentInForce, ...]
    notice: Notice | None

    def said(self, part: str) -> "Said[Told] | None":
        """A part by its name, if anything was ever said."""
        found: Said[Told] | None = getattr(self.parts, part)
        return found

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands on it for this visitor."""
        return all((said := self.said(part)) is None or said.content is None for part in PARTS)
