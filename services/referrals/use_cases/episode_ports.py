"""What the use cases of source facts need of the world."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.referrals.domain.episodes import Stands
from services.referrals.domain.source_facts import Alias, SourceFact
from services.referrals.use_cases.handoff_ports import HandoffWork


@dataclass(frozen=True, kw_only=True, slots=True)
class Applied:
    """What was last made of an episode, and the transition that speaks of it."""

    source_key: str
    person_id: UUID
    stands: Stands
    moment: datetime | None
    transition_id: UUID | None


@dataclass(frozen=True, kw_only=True, slots=True)
class LiveTransition:
    """A transition that is planned, or discharged with its loop still open."""

    transition_id: UUID
    programme_id: UUID
    visit_reference: str


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownOfPerson:
    """Everything that sources told of one person, under all records that are his or hers.

    `facts` and `applied` are of every episode in which any fact names the person, others who are named there included.
    """

    aliases: tuple[Alias, ...]
    facts: tuple[SourceFact, ...]
    applied: tuple[Applied, ...]
    live: tuple[LiveTransition, ...]


class Episodes(Protocol):
    """The facts of sources, inside the tenant of the unit of work."""

    async def learn(self, fact: SourceFact, *, recorded_at: datetime) -> None:
        """Keep a fact (a no-op for one that is known). Raises NotFound for an unknown person or programme."""
        ...

    async def join(self, alias: Alias, *, event_at: datetime, recorded_at: datetime) -> None:
        """Keep that two records are one person's (a no-op where that is known). Raises NotFound."""
        ...

    async def people_in(self, source_key: str) -> frozenset[UUID]:
        """Everybody whom facts of this episode name: more than one where a source corrected itself."""
        ...

    async def known_of(self, person_id: UUID) -> KnownOfPerson:
        """Everything of the person; whoever else would change it waits until this unit of work is over."""
        ...

    async def keep(self, applied: Sequence[Applied], *, at: datetime) -> None:
        """Note what was made of these episodes."""
        ...

    async def rekey(self, aliases: Sequence[Alias], *, to: UUID) -> None:
        """Move what hangs on given-up records, beside live transitions, to the one that the person goes by."""
        ...


class EpisodeWork(HandoffWork, Protocol):
    """A unit of work on what sources told."""

    @property
    def episodes(self) -> Episodes: ...
