"""What is written down when one team hands a person over to another: eight parts, each of which may stay empty.

The parts are those of AHRQ's discharge tools that fit a peer. From the Re-Engineered Discharge toolkit (Project RED,
Tool 1 "Components of the RED", Tool 3 "After Hospital Care Plan"): appointments, what to do if a problem arises, whom
to call, questions of one's own. From IDEAL Discharge Planning (Guide to Patient and Family Engagement, strategy 4):
include the person as a partner and listen to their goals, preferences and concerns, hence wishes and strengths in
their own words. From I-PASS in TeamSTEPPS: situation awareness and contingency planning, hence "what to do if"; its
synthesis by the receiver is the first meeting, with somebody who introduces.

What those tools have beside does not fit and is not asked for: diagnosis, medicines, tests, illness severity. The
peer's role is not clinical, and this sheet lies on a kitchen table. Language, how to call somebody and how they want to
be reached stand in the person's record (`person.py`) and are not repeated here.
"""

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum


class SheetPart(StrEnum):
    """The parts, in the order in which they are asked about."""

    WISHES = "wishes"
    STRENGTHS = "strengths"
    CONTACT = "contact"
    FIRST_MEETING = "first_meeting"
    APPOINTMENTS = "appointments"
    WHAT_TO_DO_IF = "what_to_do_if"
    SHARING = "sharing"
    QUESTIONS = "questions"


class Days(StrEnum):
    """Which days a time is about."""

    EVERY_DAY = "every_day"
    WEEKDAYS = "weekdays"
    WEEKENDS = "weekends"
    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


class LeaveMessage(StrEnum):
    """Whether words may be left where somebody else could hear them."""

    NEVER = "never"
    SAFE_WORDS_ONLY = "safe_words_only"
    YES = "yes"


@dataclass(frozen=True, kw_only=True, slots=True)
class Wishes:
    """What the person wants next, in their own words."""

    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Strengths:
    """What they are good at, what has helped before, who is on their side."""

    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeOfWeek:
    """Between two wall times on such days; `until` is later than `since` and on the same day."""

    days: Days
    since: time
    until: time


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactWishes:
    """When and how it is safe to get in touch. `time_zone` is an IANA name, due where there are times.

    `reach_at` is a number or address of the person's own: shown to those who may read the sheet, printed nowhere.
    `safe_words` is what to say when somebody else answers or listens.
    """

    reach_at: str | None = None
    good_times: tuple[TimeOfWeek, ...] = ()
    not_times: tuple[TimeOfWeek, ...] = ()
    time_zone: str | None = None
    leave_message: LeaveMessage | None = None
    safe_words: str | None = None
    texts_may_name_us: bool | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FirstMeeting:
    """Where and when the person and the peer meet, and who introduces them."""

    place: str | None = None
    starts_at: datetime | None = None
    introduced_by: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Appointment:
    """Somebody the person will see. Without `starts_at` it is still being made; `phone` is where to change it."""

    with_whom: str
    place: str | None = None
    starts_at: datetime | None = None
    phone: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Appointments:
    """All of them."""

    items: tuple[Appointment, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class IfThen:
    """A hard moment in the person's words, what helps then, and whom they would call first.

    988 and the programme's own line stand beside every one of them and are not kept here.
    """

    situation: str
    what_helps: str
    whom_to_call: str | None = None
    phone: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class WhatToDoIf:
    """All of them."""

    items: tuple[IfThen, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class MaySpeakWith:
    """Somebody the person lets us speak with, and about what."""

    who: str
    about: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Sharing:
    """What may be told to family and friends, and what please not. It never widens a consent: organisations need one."""

    people: tuple[MaySpeakWith, ...] = ()
    please_not: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Questions:
    """What the person would still like to know."""

    items: tuple[str, ...]


Content = Wishes | Strengths | ContactWishes | FirstMeeting | Appointments | WhatToDoIf | Sharing | Questions

CONTENT_OF: dict[SheetPart, type[Content]] = {
    SheetPart.WISHES: Wishes,
    SheetPart.STRENGTHS: Strengths,
    SheetPart.CONTACT: ContactWishes,
    SheetPart.FIRST_MEETING: FirstMeeting,
    SheetPart.APPOINTMENTS: Appointments,
    SheetPart.WHAT_TO_DO_IF: WhatToDoIf,
    SheetPart.SHARING: Sharing,
    SheetPart.QUESTIONS: Questions,
}
"""What each part holds."""
