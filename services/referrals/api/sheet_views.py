"""How a handoff's sheet is shown: every part with whose word it is, what is missing, and by what consent one reads it."""

from datetime import datetime
from typing import Any, Generic, Self, TypeVar
from uuid import UUID

from services.referrals.api.consent_schemas import NoticeView
from services.referrals.api.fields import View
from services.referrals.domain.consent_words import Information, RecipientClass
from services.referrals.domain.sheet import Missing, Revision, Said, missing_in
from services.referrals.domain.sheet_parts import (
    Appointments,
    ContactWishes,
    FirstMeeting,
    Questions,
    Sharing,
    SheetPart,
    Strengths,
    WhatToDoIf,
    Wishes,
)
from services.referrals.use_cases.sheet_ports import SheetReading, SheetSeen
from shared.contracts.codes import ReportedBy

CRISIS_LINE = "988"
"""The Suicide and Crisis Lifeline of the United States, by call or text: stands on every sheet."""

ContentT = TypeVar("ContentT")


class SaidView(View, Generic[ContentT]):
    """A part as it stands; without content somebody took it back."""

    content: ContentT | None
    reported_by: ReportedBy
    by_worker_id: UUID | None
    version: int
    occurred_at: datetime
    recorded_at: datetime


class PartsView(View):
    """The parts; None where nothing was ever said, or the reader is not told."""

    wishes: SaidView[Wishes] | None = None
    strengths: SaidView[Strengths] | None = None
    contact: SaidView[ContactWishes] | None = None
    first_meeting: SaidView[FirstMeeting] | None = None
    appointments: SaidView[Appointments] | None = None
    what_to_do_if: SaidView[WhatToDoIf] | None = None
    sharing: SaidView[Sharing] | None = None
    questions: SaidView[Questions] | None = None

    @classmethod
    def of_said(cls, said: dict[SheetPart, Said]) -> Self:
        """Every part with who said it."""
        return cls.model_validate({part.value: _flat(one) for part, one in said.items()})


class ConsentInForceView(View):
    """Who is told what, until when, and how that is taken back."""

    recipients: tuple[str, ...]
    recipient_class: RecipientClass | None
    information: tuple[Information, ...]
    expires_at: datetime | None
    revocation_how: str


class SheetReceipt(View):
    """The answer to a change. Without a word of the sheet: it is kept a day for whoever asks the same again."""

    handoff_id: UUID
    version: int
    missing: tuple[Missing, ...]

    @classmethod
    def of_seen(cls, seen: SheetSeen, *, handoff_id: UUID) -> Self:
        """What became of it."""
        missing = missing_in(seen.sheet, among=seen.standing.parts)
        return cls(handoff_id=handoff_id, version=seen.sheet.version, missing=missing)


class SheetView(SheetReceipt):
    """The sheet at `version`; `newest` is its version now. `withheld` parts are not covered by the person's consent."""

    newest: int
    parts: PartsView
    withheld: tuple[SheetPart, ...]
    crisis_line: str
    help_line: str | None
    consents: tuple[ConsentInForceView, ...]
    notice: NoticeView | None

    @classmethod
    def of(cls, reading: SheetReading) -> Self:
        """As much as was read."""
        seen = reading.seen
        own = dict(SheetReceipt.of_seen(seen, handoff_id=reading.journey.handoff.id))
        basis = None if seen.standing.sends or not seen.standing.parts else seen.standing.basis
        return cls(
            **own,
            newest=seen.newest,
            parts=PartsView.of_said(dict(seen.sheet.said)),
            withheld=tuple(part for part in SheetPart if part not in seen.standing.parts),
            crisis_line=CRISIS_LINE,
            help_line=reading.help_line,
            consents=tuple(ConsentInForceView.model_validate(one) for one in reading.consents),
            notice=NoticeView.of(basis),
        )


class RevisedPartView(View):
    """A part that a revision touched."""

    part: SheetPart
    reported_by: ReportedBy
    taken_back: bool


class RevisionView(View):
    """Who changed what, and when. The words are read by version."""

    version: int
    parts: tuple[RevisedPartView, ...]
    by_worker_id: UUID | None
    occurred_at: datetime
    recorded_at: datetime

    @classmethod
    def of(cls, revision: Revision) -> Self:
        """One line of the history."""
        return cls(
            version=revision.version,
            parts=tuple(
                RevisedPartView(part=part, reported_by=words.reported_by, taken_back=words.content is None)
                for part, words in revision.said.items()
            ),
            by_worker_id=revision.by_worker_id,
            occurred_at=revision.at.occurred_at,
            recorded_at=revision.at.recorded_at,
        )


def _flat(said: Said) -> dict[str, Any]:
    return {
        "content": said.words.content,
        "reported_by": said.words.reported_by,
        "by_worker_id": said.by_worker_id,
        "version": said.version,
        "occurred_at": said.at.occurred_at,
        "recorded_at": said.at.recorded_at,
    }
