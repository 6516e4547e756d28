"""The sheet of a handoff: who said what of it and when. Revisions are only ever added, the sheet is what they come to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from services.referrals.domain.directory import known_time_zone
from services.referrals.domain.errors import InvalidField
from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.sheet_parts import (
    Appointments,
    ContactWishes,
    Content,
    FirstMeeting,
    SheetPart,
)
from services.referrals.domain.times import plausible
from shared.contracts.codes import ReportedBy

EMPTY = 1
"""The version of a sheet on which nothing stands yet: every handoff has one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PartWords:
    """What one part was made to say, and whose word that is. No `content`: it was taken back."""

    content: Content | None
    reported_by: ReportedBy


@dataclass(frozen=True, kw_only=True, slots=True)
class Revision:
    """One change, of one part or several. `version` is that of the sheet after it."""

    id: UUID
    tenant_id: UUID
    handoff_id: UUID
    version: int
    said: Mapping[SheetPart, PartWords]
    by_worker_id: UUID | None
    at: Moment


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """A part as it stands: the words, and by whom and in which version they came there."""

    words: PartWords
    version: int
    by_worker_id: UUID | None
    at: Moment


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """The sheet at one version."""

    version: int = EMPTY
    said: Mapping[SheetPart, Said] = field(default_factory=dict)

    def content(self, part: SheetPart) -> Content | None:
        """What stands there now."""
        said = self.said.get(part)
        return None if said is None else said.words.content

    def with_revision(self, revision: Revision) -> "Sheet":
        """The sheet after it."""
        new = {
            part: Said(words=words, version=revision.version, by_worker_id=revision.by_worker_id, at=revision.at)
            for part, words in revision.said.items()
        }
        return Sheet(version=revision.version, said={**self.said, **new})


class Missing(StrEnum):
    """What would still help before the person goes home. A kind list: it stops nobody from leaving."""

    WISHES = "wishes"
    STRENGTHS = "strengths"
    SAFE_TIMES = "safe_times"
    LEAVE_MESSAGE = "leave_message"
    MEETING_PLACE = "meeting_place"
    MEETING_TIME = "meeting_time"
    INTRODUCED_BY = "introduced_by"
    APPOINTMENTS = "appointments"
    WHAT_TO_DO_IF = "what_to_do_if"
    SHARING = "sharing"


_WHOLE_PARTS = {
    SheetPart.WISHES: Missing.WISHES,
    SheetPart.STRENGTHS: Missing.STRENGTHS,
    SheetPart.APPOINTMENTS: Missing.APPOINTMENTS,
    SheetPart.WHAT_TO_DO_IF: Missing.WHAT_TO_DO_IF,
    SheetPart.SHARING: Missing.SHARING,
}


def missing_in(sheet: Sheet, *, among: frozenset[SheetPart] = frozenset(SheetPart)) -> tuple[Missing, ...]:
    """What is missing in these parts, in the order of the sheet. Having no questions is not missing anything."""
    found = {missing for part, missing in _WHOLE_PARTS.items() if part in among and sheet.content(part) is None}
    if SheetPart.CONTACT in among:
        found |= _missing_of_contact(sheet.content(SheetPart.CONTACT))
    if SheetPart.FIRST_MEETING in among:
        found |= _missing_of_meeting(sheet.content(SheetPart.FIRST_MEETING))
    return tuple(one for one in Missing if one in found)


def _missing_of_contact(content: Content | None) -> set[Missing]:
    said = content if isinstance(content, ContactWishes) else ContactWishes()
    found = set() if said.good_times or said.not_times else {Missing.SAFE_TIMES}
    return found | ({Missing.LEAVE_MESSAGE} if said.leave_message is None else set())


def _missing_of_meeting(content: Content | None) -> set[Missing]:
    said = content if isinstance(content, FirstMeeting) else FirstMeeting()
    asked = {
        Missing.MEETING_PLACE: said.place,
        Missing.MEETING_TIME: said.starts_at,
        Missing.INTRODUCED_BY: said.introduced_by,
    }
    return {missing for missing, answer in asked.items() if answer is None}


def check_said(said: Mapping[SheetPart, PartWords]) -> None:
    """Raise InvalidField for what is well formed and cannot be meant, or when nothing is said at all."""
    if not said:
        raise InvalidField("nothing_said", pointer="")
    for part, words in said.items():
        _check_content(words.content, at=f"/{part.value}/content")


def _check_content(content: Content | None, *, at: str) -> None:
    match content:
        case ContactWishes():
            _check_times(content, at=at)
        case FirstMeeting():
            plausible(content.starts_at, pointer=f"{at}/starts_at")
        case Appointments():
            for place, one in enumerate(content.items):
                plausible(one.starts_at, pointer=f"{at}/items/{place}/starts_at")


def _check_times(contact: ContactWishes, *, at: str) -> None:
    for name in ("good_times", "not_times"):
        for place, one in enumerate(getattr(contact, name)):
            if one.until <= one.since:
                raise InvalidField("ends_before_it_begins", pointer=f"{at}/{name}/{place}/until")
    if contact.time_zone is not None:
        known_time_zone(contact.time_zone, pointer=f"{at}/time_zone")
    elif contact.good_times or contact.not_times:
        raise InvalidField("time_zone_missing", pointer=f"{at}/time_zone")
