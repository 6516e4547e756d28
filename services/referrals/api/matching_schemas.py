"""Requests and answers about matching."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from services.referrals.api.fields import Codes, Day, Language, RequestBody, View
from services.referrals.domain.capacity import CapacityStatus
from services.referrals.domain.known_elsewhere import HeldKind
from services.referrals.domain.matcher import Weighing
from services.referrals.domain.matching_steps import NotOffered
from services.referrals.use_cases.declare_dual_relationship import Noted
from services.referrals.use_cases.matching_ports import LivedExperience
from services.referrals.use_cases.read_ceilings import InForce


class WishRequest(RequestBody):
    """Whom somebody to walk with is looked for; without a person, the language is needed."""

    person_id: UUID | None = None
    language: Language | None = None


class MatchView(View):
    """Somebody to ask, and why in plain words."""

    worker_id: UUID
    because: tuple[str, ...]


class PassedView(View):
    """Somebody who is not asked now; `not_available` is all that anybody is told of what is private."""

    worker_id: UUID
    reason: NotOffered


class MatchesView(View):
    """Those to ask, best first; the others in order of id."""

    offered: tuple[MatchView, ...]
    not_offered: tuple[PassedView, ...]

    @classmethod
    def of(cls, weighing: Weighing) -> Self:
        """From the matcher's answer."""
        return cls.model_validate(weighing)


class CapacityView(View):
    """Whether there is room, in Gravity's words; about nobody."""

    programme_id: UUID
    status: CapacityStatus
    as_of: datetime


class CapacityTermsRequest(RequestBody):
    """From which day on; `caseload` only ever lowers what the jurisdiction allows."""

    effective_from: Day
    caseload: Annotated[int | None, Field(ge=0, le=1000)] = None
    waitlist: bool = False
    assessment_first: bool = False
    supervision_must_be_current: bool = False


class CapacityTermsView(View):
    """A programme's own terms from a day on."""

    id: UUID
    version: int
    programme_id: UUID
    effective_from: date
    caseload: int | None
    waitlist: bool
    assessment_first: bool
    supervision_must_be_current: bool


class CeilingsView(View):
    """What holds today: people one peer walks with, a group's size, peers one supervisor has; None where no figure is known."""

    caseload: int | None
    group: int | None
    peers_of_a_supervisor: int | None
    supervision_must_be_current: bool
    source: str
    terms: CapacityTermsView | None

    @classmethod
    def of(cls, found: InForce) -> Self:
        """From both sources."""
        own = found.terms is not None and found.terms.supervision_must_be_current
        return cls(
            caseload=found.caseload,
            group=found.ceilings.group,
            peers_of_a_supervisor=found.ceilings.peers_of_a_supervisor,
            supervision_must_be_current=found.ceilings.supervision_must_be_current or own,
            source=found.ceilings.source,
            terms=None if found.terms is None else CapacityTermsView.model_validate(found.terms),
        )


class LivedExperienceRequest(RequestBody):
    """All of it, each time; nothing has to be said."""

    codes: Codes = ()
    use_for_matching: bool = False


class ChoiceView(View):
    """Something to choose, in plain words."""

    code: str
    words: str


class LivedExperienceView(View):
    """What the peer said, for their eyes only, and what there is to choose from."""

    codes: tuple[str, ...]
    use_for_matching: bool
    choices: tuple[ChoiceView, ...]

    @classmethod
    def of(cls, said: LivedExperience, *, choices: Mapping[str, str]) -> Self:
        """With the list."""
        return cls(codes=said.codes, use_for_matching=said.use_for_matching, choices=choices_of(choices))


class PersonWishRequest(RequestBody):
    """What the person asked for; an empty list takes it back."""

    codes: Codes = ()


class PersonWishView(View):
    """What the person asked for, and what there is to choose from."""

    person_id: UUID
    codes: tuple[str, ...]
    choices: tuple[ChoiceView, ...]


class OwnRelationshipRequest(RequestBody):
    """The peer knows this person from elsewhere. Nobody asks how."""

    programme_id: UUID
    person_id: UUID
    step_back: bool = False


class RelationshipRequest(RequestBody):
    """A worker of the programme knows this person from elsewhere."""

    worker_id: UUID
    person_id: UUID
    step_back: bool = False


class RelationshipView(View):
    """An entry of the register."""

    id: UUID
    version: int
    worker_id: UUID
    person_id: UUID
    programme_id: UUID
    declared_by_worker_id: UUID
    recorded_at: datetime
    ended_at: datetime | None


class StillHeldView(View):
    """Something that the worker still holds of this person; it stays theirs until they step back from it."""

    kind: HeldKind
    id: UUID


class NotedRelationshipView(RelationshipView):
    """An entry just noted. With `step_back` what is still held goes to the next as well."""

    still_held: tuple[StillHeldView, ...]

    @classmethod
    def of(cls, noted: Noted) -> Self:
        """The entry with what is still held."""
        entry = RelationshipView.model_validate(noted.entry)
        held = tuple(StillHeldView.model_validate(one) for one in noted.still_held)
        return cls(**dict(entry), still_held=held)


def choices_of(known: Mapping[str, str]) -> tuple[ChoiceView, ...]:
    """The list to choose from, in its own order."""
    return tuple(ChoiceView(code=code, words=words) for code, words in known.items())
