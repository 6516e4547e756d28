"""What integration models do differently: small objects, chosen by name from the tables at the end, and nowhere else.

A model is a file of names and figures (`referral_models.py`); a new behaviour is a new object here and a line in its table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from services.referrals.domain.errors import InvalidField
from services.referrals.domain.local_times import end_of_day
from services.referrals.domain.referral_words import ClosingWord, ReferralKind


@dataclass(frozen=True, kw_only=True, slots=True)
class Intent:
    """What somebody means to refer, as far as a model's rules look at it."""

    kind: ReferralKind
    transition_id: UUID | None
    recipient_worker_id: UUID | None
    recipient_team_id: UUID | None
    asks_anything: bool
    same_team: bool
    has_clinical_backup: bool


class Requirement(Protocol):
    """What a model asks of a referral before it can be made."""

    def check(self, intent: Intent) -> None:
        """Raises InvalidField, naming the field that is missing."""
        ...


class FromTransition:
    """Support across a transition is born from one."""

    def check(self, intent: Intent) -> None:
        """A peer service names its transition; calling somebody in does not have to."""
        if intent.kind is ReferralKind.PEER_SERVICE and intent.transition_id is None:
            raise InvalidField("transition_required", pointer="/transition_id")


class NamedBackup:
    """Nobody outside is asked to walk with somebody before a clinician stands behind them by name."""

    def check(self, intent: Intent) -> None:
        """The programme has a clinical backup."""
        if not intent.has_clinical_backup:
            raise InvalidField("clinical_backup_required", pointer="/programme_id")


class WithinTeam:
    """Direct assignment happens inside one team: both belong to it."""

    def check(self, intent: Intent) -> None:
        """The team is named, and both are members of it."""
        if intent.recipient_team_id is None:
            raise InvalidField("team_required", pointer="/recipient_team_id")
        if not intent.same_team:
            raise InvalidField("not_in_this_team", pointer="/recipient_team_id")


class SaysWhatIsAsked:
    """A direct assignment says what is to be done, because the scope guard judges every one of them."""

    def check(self, intent: Intent) -> None:
        """An activity or words."""
        if intent.recipient_worker_id is not None and not intent.asks_anything:
            raise InvalidField("asks_required", pointer="/activity")


class Assignment(Protocol):
    """Whether the recipient is asked, or has it at once."""

    def direct(self, intent: Intent) -> bool:
        """Whether it is assigned without being asked first."""
        ...


class AskFirst:
    """The recipient answers."""

    def direct(self, intent: Intent) -> bool:
        """Never."""
        return False


class AssignInTeam:
    """A colleague named inside the team has it at once; a team as a whole is asked, and a member claims it."""

    def direct(self, intent: Intent) -> bool:
        """For a named colleague."""
        return intent.recipient_worker_id is not None and intent.kind is not ReferralKind.CRISIS_BRIDGE


class Offer(Protocol):
    """What the recipient sees before they have accepted."""

    def hides_the_person(self, kind: ReferralKind) -> bool:
        """Whether the offer goes out without saying who."""
        ...


class IdentifiedOffer:
    """One organisation or a shared space: the offer says who."""

    def hides_the_person(self, kind: ReferralKind) -> bool:
        """No."""
        return False


class DeidentifiedOffer:
    """Another organisation: who it is comes after acceptance and a consent that covers it (`DisclosureRule`)."""

    def hides_the_person(self, kind: ReferralKind) -> bool:
        """For what the partner is asked to do; what the partner asks of others concerns people it knows."""
        return kind is ReferralKind.PEER_SERVICE


class Introduction(Protocol):
    """By when the two have met."""

    def due(self, accepted_at: datetime, *, time_zone: str) -> datetime | None:
        """The due time, or None where the model sets none."""
        ...


class NoIntroduction:
    """The model sets no time."""

    def due(self, accepted_at: datetime, *, time_zone: str) -> datetime | None:
        """None."""
        return None


class SameDayIntroduction:
    """Same house, same day: in person, before the day of acceptance is over there."""

    def due(self, accepted_at: datetime, *, time_zone: str) -> datetime | None:
        """The end of that calendar day."""
        return end_of_day(accepted_at.astimezone(ZoneInfo(time_zone)).date(), time_zone=time_zone)


class Ending(Protocol):
    """What has to be said before it may end well."""

    def ready(self, *, word: ClosingWord, goodbye_at: datetime | None) -> bool:
        """Whether it may be completed with this word."""
        ...


class OpenEnding:
    """It ends when it is done."""

    def ready(self, *, word: ClosingWord, goodbye_at: datetime | None) -> bool:
        """Always."""
        return True


class PlannedGoodbye:
    """Long support does not just stop: the two say goodbye, unless the person has gone another way."""

    def ready(self, *, word: ClosingWord, goodbye_at: datetime | None) -> bool:
        """After the goodbye, or with a word that says that the person has left."""
        return goodbye_at is not None or word is not ClosingWord.GOT_HELP


class ChartSharing(StrEnum):
    """What comes along without being asked for."""

    NONE = "none"
    SHARED_PLAN = "shared_plan"


REQUIREMENTS: Mapping[str, Requirement] = {
    "transition": FromTransition(),
    "clinical_backup": NamedBackup(),
    "team": WithinTeam(),
    "says_what_is_asked": SaysWhatIsAsked(),
}
ASSIGNMENTS: Mapping[str, Assignment] = {"ask_first": AskFirst(), "direct_in_team": AssignInTeam()}
OFFERS: Mapping[str, Offer] = {"identified": IdentifiedOffer(), "deidentified": DeidentifiedOffer()}
INTRODUCTIONS: Mapping[str, Introduction] = {"none": NoIntroduction(), "same_day": SameDayIntroduction()}
ENDINGS: Mapping[str, Ending] = {"open": OpenEnding(), "planned_goodbye": PlannedGoodbye()}
