"""What the use cases of a handoff's sheet need of the world."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.consent_words import Information, RecipientClass
from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.sheet import Revision, Sheet
from services.referrals.domain.sheet_access import Standing
from services.referrals.use_cases.handoff_ports import HandoffWork


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetSeen:
    """The sheet with the parts that the reader may know, and where the reader stands.

    `newest` is its version now, whichever version was asked for.
    """

    sheet: Sheet
    newest: int
    standing: Standing


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentInForce:
    """Who is told what, until when, and how the person takes it back: what the person's own copy says of a consent."""

    recipients: tuple[str, ...]
    recipient_class: RecipientClass | None
    information: tuple[Information, ...]
    expires_at: datetime | None
    revocation_how: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetReading:
    """What is shown with the sheet. `consents` are told to the sending organisation only."""

    journey: Journey
    seen: SheetSeen
    help_line: str | None
    consents: Sequence[ConsentInForce] = ()


class Sheets(Protocol):
    """The sheets of one tenant's handoffs."""

    async def see(self, journey: Journey, *, by: Actor, version: int | None = None) -> SheetSeen:
        """The sheet as it is, or as it was at `version`. A consent is looked up and the words are read in one statement."""
        ...

    async def around(self, journey: Journey) -> tuple[str | None, Sequence[ConsentInForce]]:
        """The programme's help line, and the consents in force by which the sending organisation may tell somebody."""
        ...

    async def add(self, revision: Revision) -> bool:
        """Keep a revision at once. Whether it was: not if somebody else made that version first."""
        ...

    async def note_told(self, journey: Journey, standing: Standing, *, by: Actor) -> None:
        """Write down that the caller was told, where a consent lets them know."""
        ...

    async def revisions(self, handoff_id: UUID, *, after: UUID | None, limit: int) -> Sequence[Revision]:
        """Up to `limit` of them before the one with id `after`, newest first."""
        ...


class SheetWork(HandoffWork, Protocol):
    """A unit of work on handoffs and their sheets."""

    @property
    def sheets(self) -> Sheets: ...
