"""Transitions, handoffs and the facts of sources in memory, for use cases that are run thousands of times."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.episodes import joined_with
from services.referrals.domain.errors import NotFound
from services.referrals.domain.handoff_errors import ChangedMeanwhile, OpenDuplicate
from services.referrals.domain.handoff_houses import Side
from services.referrals.domain.handoff_journey import Journey, Stored
from services.referrals.domain.matcher import Candidate
from services.referrals.domain.source_facts import Alias, SourceFact
from services.referrals.domain.transition_corrections import is_live
from services.referrals.use_cases.episode_ports import Applied, KnownOfPerson, LiveTransition
from services.referrals.use_cases.handoff_ports import ProgrammeAround, Surroundings
from services.referrals.use_cases.once import Once
from shared.contracts.codes import IntegrationModel, Setting
from shared.contracts.events import EventData, EventType
from tests.services.referrals.domain.handoff_stories import CANDIDATES, DUTY, THERE


@dataclass
class MemoryHandoffs:
    """Journeys by transition, held as the parts that a database would hold."""

    kept: dict[UUID, Journey] = field(default_factory=dict)
    candidate_list: tuple[Candidate, ...] = CANDIDATES
    duty_owner: UUID = DUTY

    async def surroundings(
        self, *, person_id: UUID, programme_id: UUID, sender_worker_id: UUID | None, by: Actor | None
    ) -> Surroundings:
        """An inpatient programme."""
        around = ProgrammeAround(
            setting=Setting.INPATIENT_PSYCHIATRIC,
            model=IntegrationModel.CO_LOCATED,
            protocol_code="standard",
            time=THERE,
            duty_owner_worker_id=self.duty_owner,
        )
        return Surroundings(
            person_id=person_id, person_language="en", programme=around, sender_active=True, sender_at_home=True
        )

    async def candidates(
        self, *, programme_id: UUID, person_id: UUID, sender_worker_id: UUID | None, on: datetime
    ) -> Sequence[Candidate]:
        """The same peers for every programme."""
        return self.candidate_list

    async def is_working(self, worker_id: UUID) -> bool:
        """Everybody is."""
        return True

    async def of_handoff(self, handoff_id: UUID, *, by: Actor | None = None) -> Journey:
        """By its handoff."""
        found = next((one for one in self.kept.values() if one.handoff.id == handoff_id), None)
        if found is None:
            raise NotFound("handoff")
        return await self.of_transition(found.transition.id, by=by)

    async def of_transition(self, transition_id: UUID, *, by: Actor | None = None) -> Journey:
        """As it was kept; what is done to it is only kept by `change`. Everybody works in one house."""
        if transition_id not in self.kept:
            raise NotFound("transition")
        kept = self.kept[transition_id]
        return Journey(
            transition=kept.transition,
            handoff=kept.handoff,
            protocol=kept.protocol,
            setting=kept.setting,
            language=kept.language,
            there=kept.there,
            duty_owner_worker_id=self.duty_owner,
            offers=kept.offers,
            milestones=dict(kept.milestones),
            house=frozenset(Side),
            stored=Stored(
                transition=kept.transition,
                handoff=kept.handoff,
                offers=kept.offers,
                milestones=dict(kept.milestones),
            ),
        )

    async def add(self, journey: Journey) -> None:
        """Keep it, unless its visit has an open one."""
        if any(_visit(one) == _visit(journey) for one in self.kept.values() if is_live(one)):
            raise OpenDuplicate
        self.kept[journey.transition.id] = journey

    async def change(self, journey: Journey) -> None:
        """Keep it, with everything that was written of it before."""
        before = self.kept[journey.transition.id]
        assert journey.stored is not None
        if (before.transition, before.handoff) != (journey.stored.transition, journey.stored.handoff):
            raise ChangedMeanwhile
        journey.facts = before.facts + journey.facts
        journey.custody_entries = before.custody_entries + journey.custody_entries
        self.kept[journey.transition.id] = journey

    async def reading(self, journey: Journey, *, by: Actor) -> Any:
        """Not needed here."""
        raise NotImplementedError

    async def handoff_page(self, wanted: Any, *, after: UUID | None, limit: int) -> Any:
        """Not needed here."""
        raise NotImplementedError

    async def transition_page(self, wanted: Any, *, after: UUID | None, limit: int) -> Any:
        """Not needed here."""
        raise NotImplementedError


def _visit(journey: Journey) -> tuple[UUID, UUID, str]:
    transition = journey.transition
    return transition.person_id, transition.programme_id, transition.visit_reference


@dataclass
class MemoryEpisodes:
    """The facts of sources."""

    handoffs: MemoryHandoffs
    facts: dict[tuple[str, str], SourceFact] = field(default_factory=dict)
    aliases: set[Alias] = field(default_factory=set)
    applied: dict[str, Applied] = field(default_factory=dict)

    async def learn(self, fact: SourceFact, *, recorded_at: datetime) -> None:
        """Once each."""
        self.facts[fact.source_key, fact.digest] = fact

    async def join(self, alias: Alias, *, event_at: datetime, recorded_at: datetime) -> None:
        """Once each."""
        self.aliases.add(alias)

    async def people_in(self, source_key: str) -> frozenset[UUID]:
        """Everybody named in it."""
        return frozenset(fact.person_id for fact in self.facts.values() if fact.source_key == source_key)

    async def known_of(self, person_id: UUID) -> KnownOfPerson:
        """Whatever touches the person."""
        joined = joined_with(person_id, aliases=self.aliases)
        keys = {fact.source_key for fact in self.facts.values() if fact.person_id in joined}
        live = [one.transition for one in self.handoffs.kept.values() if is_live(one)]
        return KnownOfPerson(
            aliases=tuple(alias for alias in self.aliases if {alias.person_id, alias.merged_person_id} & joined),
            facts=tuple(fact for fact in self.facts.values() if fact.source_key in keys),
            applied=tuple(one for key, one in self.applied.items() if key in keys),
            live=tuple(
                LiveTransition(transition_id=one.id, programme_id=one.programme_id, visit_reference=one.visit_reference)
                for one in live
                if one.person_id in joined
            ),
        )

    async def keep(self, applied: Sequence[Applied], *, at: datetime) -> None:
        """By source key."""
        self.applied |= {one.source_key: one for one in applied}

    async def rekey(self, aliases: Sequence[Alias], *, to: UUID) -> None:
        """Nothing else hangs on people here."""


@dataclass
class MemoryEpisodeWork:
    """Everything in one place; what is announced is kept in order."""

    handoffs: MemoryHandoffs = field(default_factory=MemoryHandoffs)
    episodes: MemoryEpisodes = field(init=False)
    announced: list[tuple[EventType, UUID, EventData]] = field(default_factory=list)
    answered: list[object] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.episodes = MemoryEpisodes(self.handoffs)

    def announce(self, event: EventType, *, subject: UUID, data: EventData) -> None:
        """Keep the fact."""
        self.announced.append((event, subject, data))

    def answer(self, result: object) -> None:
        """Keep the result."""
        self.answered.append(result)


@dataclass
class MemoryEpisodeWorks:
    """Hands out the one work."""

    work: MemoryEpisodeWork = field(default_factory=MemoryEpisodeWork)

    @asynccontextmanager
    async def begin(self, tenant_id: UUID, *, once: Once | None = None) -> AsyncIterator[MemoryEpisodeWork]:
        """A unit of work."""
        yield self.work
