"""What referrals tells of what matters for matching: a peer's own words, what a person asks for, and how much room there may be."""

from datetime import date, datetime
from uuid import UUID

from services.console.domain.told import Told


class Choice(Told):
    """Something to choose, in plain English words."""

    code: str
    words: str


class LivedExperience(Told):
    """What the visitor said of their own life, and what there is to choose from."""

    codes: tuple[str, ...]
    use_for_matching: bool
    choices: tuple[Choice, ...]


class Wish(Told):
    """What a person asked for in somebody who walks along, and what there is to choose from."""

    codes: tuple[str, ...]
    choices: tuple[Choice, ...]

    @property
    def chosen(self) -> list[Choice]:
        """What was asked for, in the order of the list."""
        return [one for one in self.choices if one.code in self.codes]


class Acquaintance(Told):
    """The visitor knows somebody from elsewhere; it counts until `ended_at`."""

    id: UUID
    version: int
    person_id: UUID
    programme_id: UUID
    recorded_at: datetime
    ended_at: datetime | None


class StillHeld(Told):
    """Something of this person that the visitor still holds, and keeps until they step back from it."""

    kind: str
    id: UUID


class Noted(Told):
    """An acquaintance was noted: what waited for an answer has gone to the next colleague."""

    still_held: tuple[StillHeld, ...] = ()


class CapacityTerms(Told):
    """A programme's own terms from a day on."""

    effective_from: date
    caseload: int | None
    waitlist: bool
    assessment_first: bool
    supervision_must_be_current: bool


class Ceilings(Told):
    """What holds today: people one peer walks with, a group's size, peers of one supervisor; None where no figure is known."""

    caseload: int | None
    group: int | None
    peers_of_a_supervisor: int | None
    supervision_must_be_current: bool
    source: str
    terms: CapacityTerms | None
