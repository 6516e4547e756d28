"""How many people one peer walks with at most: figures of a jurisdiction and of a programme, each from a day on.

The figures are data (`policy/ceilings`), because they differ by state and year; a programme may only ask for less.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from uuid import UUID

from services.referrals.domain.directory import Record


class CeilingsInvalid(Exception):  # noqa: N818 - a fact about the file
    """A file of ceilings cannot be meant; the message names what is wrong."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ceilings:
    """What holds in a jurisdiction from `effective_from` on. None: no figure is known. `source` is where it was read.

    Matching keeps to `caseload` and `supervision_must_be_current`. `group` and `peers_of_a_supervisor` are shown as
    information and bound nothing: no record says who supervises whom, or who meets in a group.
    """

    effective_from: date
    source: str
    caseload: int | None = None
    group: int | None = None
    peers_of_a_supervisor: int | None = None
    supervision_must_be_current: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class CapacityTerms(Record):
    """What a programme says of its own room, from a day on.

    `waitlist`: people wait here when there is no place. `assessment_first`: a place is given after a further assessment.
    """

    programme_id: UUID
    effective_from: date
    caseload: int | None = None
    waitlist: bool = False
    assessment_first: bool = False
    supervision_must_be_current: bool = False


NO_CEILINGS = Ceilings(effective_from=date.min, source="no figure on record for this jurisdiction")


class CeilingShelf:
    """The figures of every jurisdiction we know. Raises CeilingsInvalid where two would be in force at once."""

    def __init__(self, known: Iterable[tuple[str, tuple[Ceilings, ...]]]) -> None:
        self._known: dict[str, tuple[Ceilings, ...]] = {}
        for jurisdiction, versions in known:
            if jurisdiction in self._known:
                raise CeilingsInvalid(f"`{jurisdiction}` is there twice")
            ordered = tuple(sorted(versions, key=lambda one: one.effective_from))
            for earlier, later in pairwise(ordered):
                if earlier.effective_from == later.effective_from:
                    raise CeilingsInvalid(f"`{jurisdiction}` has two versions from {later.effective_from}")
            self._known[jurisdiction] = ordered

    def of(self, jurisdiction: str, *, on: date) -> Ceilings:
        """The figures in force on that day; `NO_CEILINGS` where none is known."""
        in_force = [one for one in self._known.get(jurisdiction, ()) if one.effective_from <= on]
        return in_force[-1] if in_force else NO_CEILINGS


def lowest(*figures: int | None) -> int | None:
    """The lowest of the figures that there are."""
    return min((figure for figure in figures if figure is not None), default=None)
