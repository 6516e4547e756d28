"""What other systems post of episodes, and what they are answered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, StringConstraints

from services.referrals.api.fields import Instant, RequestBody, View
from services.referrals.domain.episodes import Episode, Stands
from services.referrals.domain.source_facts import Alias, SourceFact, SourceKind
from services.referrals.use_cases.episode_ports import Applied
from services.referrals.use_cases.follow_source_event import Joined

SourceKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{16,64}$")]
"""An opaque digest of visit number and assigning authority: never the numbers themselves (they could not be this long)."""


class _FromSource(RequestBody):
    """`tenant_id` is for system clients, whose token names none; people leave it out."""

    tenant_id: UUID | None = None
    event_at: Instant


class EpisodeEvent(_FromSource):
    """Something happened in an episode. `moment` is when the person is expected to leave, or left."""

    kind: SourceKind
    source_key: SourceKey
    person_id: UUID
    programme_id: UUID
    sequence: Annotated[int, Field(ge=0, le=2**62)] | None = None
    moment: Instant | None = None

    def fact(self) -> SourceFact:
        """The same, in the language of the domain."""
        return SourceFact(
            source_key=self.source_key,
            kind=self.kind,
            person_id=self.person_id,
            programme_id=self.programme_id,
            event_at=self.event_at,
            sequence=self.sequence,
            moment=self.moment,
        )


class PeopleJoined(_FromSource):
    """Two records turned out to be one person: `merged_person_id` is given up."""

    kind: Literal["people_joined"]
    person_id: UUID
    merged_person_id: UUID

    def fact(self) -> Joined:
        """The same, in the language of the domain."""
        alias = Alias(merged_person_id=self.merged_person_id, person_id=self.person_id)
        return Joined(alias=alias, event_at=self.event_at)


class EpisodeView(View):
    """What stands of one episode now, and the transition that speaks of it, if one does or did."""

    source_key: str
    person_id: UUID
    stands: Stands
    moment: datetime | None
    transition_id: UUID | None


class SourceEventReceipt(View):
    """Every episode of everybody whom the event concerned."""

    episodes: tuple[EpisodeView, ...]

    @classmethod
    def of(cls, result: Sequence[tuple[Episode, Applied]]) -> Self:
        """What became of the event."""
        return cls(episodes=tuple(EpisodeView.model_validate(applied) for _, applied in result))
