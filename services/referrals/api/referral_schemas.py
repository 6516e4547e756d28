"""Requests about referrals."""

from typing import Literal, Self
from uuid import UUID

from pydantic import model_validator

from services.referrals.api.directory_schemas import PersonRequest
from services.referrals.api.fields import Code, Codes, Instant, Note, RequestBody, Words
from services.referrals.domain.referral_address import ReferralWish
from services.referrals.domain.referral_standing import Said
from services.referrals.domain.referral_words import (
    ClosingWord,
    PersonWord,
    Priority,
    ReferralKind,
    ReferralReason,
    WhatNext,
)
from shared.contracts.codes import ReportedBy, Responsibility
from shared.identifiers import new_id


class RecipientRequest(RequestBody):
    """Whom to ask: a worker, a team (the first qualified member takes it), or a worker within a team."""

    recipient_worker_id: UUID | None = None
    recipient_team_id: UUID | None = None
    occurred_at: Instant | None = None


class PassOnRequest(RecipientRequest):
    """What an intermediary passes on; it is about the same person as the parent."""

    programme_id: UUID
    person_id: UUID
    need: Code
    kind: ReferralKind
    priority: Priority = Priority.ROUTINE
    reported_by: ReportedBy = ReportedBy.STAFF
    transition_id: UUID | None = None
    activity: Code | None = None
    text: Words = ""
    responsibility: Responsibility = Responsibility.ASSIST
    attested_conditions: Codes = ()
    parent_follows: bool = False

    def wish(self) -> ReferralWish:
        """The same, in the language of the domain."""
        return ReferralWish(
            programme_id=self.programme_id,
            person_id=self.person_id or new_id(),
            need=self.need,
            kind=self.kind,
            priority=self.priority,
            reported_by=self.reported_by,
            recipient_worker_id=self.recipient_worker_id,
            recipient_team_id=self.recipient_team_id,
            transition_id=self.transition_id,
            activity=self.activity,
            text=self.text,
            responsibility=self.responsibility,
            attested_conditions=tuple(sorted(set(self.attested_conditions))),
        )


class ReferralRequest(PassOnRequest):
    """A new referral. `activity` and `text` say what is to be done, and the scope guard judges them.

    `person` instead of `person_id` takes somebody new down in the same commit: a refusal leaves nobody behind.
    """

    person_id: UUID | None = None  # type: ignore[assignment]
    person: PersonRequest | None = None
    parent_follows: Literal[False] = False
    status: Literal["draft", "requested"] = "requested"

    @model_validator(mode="after")
    def _one_person(self) -> Self:
        if (self.person_id is None) == (self.person is None):
            raise ValueError("person_id or person")
        return self


class OccurredRequest(RequestBody):
    """A step that needs no words. The body may be empty."""

    occurred_at: Instant | None = None


class PlainRequest(OccurredRequest):
    """A step that may come with words; they stay in this service."""

    text: Note | None = None

    def said(self) -> Said:
        """The words that come with it."""
        return Said()


class ReasonRequest(PlainRequest):
    """A step that says why."""

    reason: ReferralReason

    def said(self) -> Said:
        """The reason."""
        return Said(reason=self.reason)


class RejectRequest(ReasonRequest):
    """A "no", and what comes next: offered later (with the time), another peer, or nothing."""

    what_next: WhatNext
    offer_again_at: Instant | None = None

    def said(self) -> Said:
        """The reason, and what comes next."""
        return Said(reason=self.reason, what_next=self.what_next, offer_again_at=self.offer_again_at)


class ClosingRequest(PlainRequest):
    """How it ended; `reported_by` says whose word that is."""

    closing_word: ClosingWord
    reported_by: ReportedBy = ReportedBy.STAFF

    def said(self) -> Said:
        """The closing word."""
        return Said(closing_word=self.closing_word, reported_by=self.reported_by)


class ProgressRequest(OccurredRequest):
    """A report of how it goes; `reported_by` says whose word that is."""

    reported_by: ReportedBy = ReportedBy.STAFF


class ScheduleRequest(ProgressRequest):
    """When the two will meet."""

    scheduled_at: Instant


class FeedbackRequest(OccurredRequest):
    """How it goes, in words."""

    text: Note


class PersonWordRequest(OccurredRequest):
    """The person's own word afterwards, and in the person's own words."""

    word: PersonWord
    own_words: Note | None = None


class BackupRequest(RequestBody):
    """Who is called in when a peer meets a crisis: a team, and the clinician who stands for it by name."""

    team_id: UUID
    worker_id: UUID
