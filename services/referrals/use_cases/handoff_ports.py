"""What the use cases of transitions and handoffs need of the world."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.custody import CustodyEntry
from services.referrals.domain.directory import Worker
from services.referrals.domain.entitlements import Subject
from services.referrals.domain.handoff_facts import Attention, HandoffFact
from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.handoff_states import HandoffState
from services.referrals.domain.matcher import Candidate
from services.referrals.domain.offsets import ProgrammeTime
from services.referrals.domain.person import Person
from services.referrals.domain.redisclosure import Basis
from services.referrals.domain.transition_states import TransitionStatus
from services.referrals.domain.transitions import Transition
from services.referrals.use_cases.ports import Records, Work
from shared.contracts.codes import IntegrationModel, Setting
from shared.contracts.entitlements import EntitlementQuestion


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgrammeAround:
    """What a programme means for a transition of it; `duty_owner_worker_id` is whoever is on call, or its own."""

    setting: Setting
    model: IntegrationModel
    protocol_code: str
    time: ProgrammeTime
    duty_owner_worker_id: UUID


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What the directory says of a transition that is about to begin; None where there is no such record.

    `person_id` is the record that the person goes by now: another one than was named, where records were joined.
    `sender_at_home`: whoever would send the person (nobody named: who is on duty) works where the caller does.
    """

    person_id: UUID
    person_language: str | None
    programme: ProgrammeAround | None
    sender_active: bool
    sender_at_home: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonCalled:
    """As much of a person as a handoff or referral shows: what to call them, and how to get in touch, where that may be told."""

    person_id: UUID
    called: str
    language: str | None
    contact_preference: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """A journey with everything a reader sees beside it; `on_call` is when somebody was, since the person left.

    `person` is absent while the reader may not know who it is; `basis` is the consent on whose strength they do.
    """

    journey: Journey
    person: PersonCalled | None
    timeline: Sequence[HandoffFact]
    custody: Sequence[CustodyEntry]
    on_call: Sequence[tuple[datetime, datetime]] = ()
    basis: Basis | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class HandoffLine:
    """One handoff in a list. `called` is absent while the reader may not know who it is."""

    id: UUID
    transition_id: UUID
    programme_id: UUID
    called: str | None
    state: HandoffState
    version: int
    worker_id: UUID | None
    respond_by: datetime | None
    introduced_at: datetime | None
    accepted_at: datetime | None
    contacted_at: datetime | None
    attention: Attention | None
    basis: Basis | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TransitionLine:
    """One transition in a list; whether the reader's house sends the person, and so knows whom it is about."""

    transition: Transition
    tells: bool

    @property
    def id(self) -> UUID:
        """The transition's."""
        return self.transition.id


@dataclass(frozen=True, kw_only=True, slots=True)
class HandoffFilter:
    """Which handoffs a list shows; `None` asks for all. `worker_id`: only those that lie with this worker; `ids`: only these."""

    by: Actor
    state: HandoffState | None = None
    worker_id: UUID | None = None
    attention: bool = False
    ids: frozenset[UUID] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TransitionFilter:
    """Which transitions a list shows; `None` asks for all."""

    by: Actor
    status: TransitionStatus | None = None
    owner_worker_id: UUID | None = None


class Handoffs(Protocol):
    """Transitions with their handoffs, inside the tenant of the unit of work."""

    async def surroundings(
        self, *, person_id: UUID, programme_id: UUID, sender_worker_id: UUID | None, by: Actor | None
    ) -> Surroundings:
        """What a new transition needs to know. Somebody whom `by` may not know of is not there; a source knows everybody."""
        ...

    async def candidates(
        self, *, programme_id: UUID, person_id: UUID, sender_worker_id: UUID | None, on: datetime
    ) -> Sequence[Candidate]:
        """Every active peer on a team of the programme's organisation, as they stand to this person on that day.

        The sender's organisation is the one that would tell them who it is; without a sender, the programme's own.
        """
        ...

    async def is_working(self, worker_id: UUID) -> bool:
        """Whether this is a worker of the tenant who has not left."""
        ...

    async def of_handoff(self, handoff_id: UUID, *, by: Actor | None) -> Journey:
        """The journey of a handoff, with the sides that `by` works on (None: the service itself). Raises NotFound."""
        ...

    async def of_transition(self, transition_id: UUID, *, by: Actor | None) -> Journey:
        """The journey of a transition. Raises NotFound."""
        ...

    async def add(self, journey: Journey) -> None:
        """Keep a new journey. Raises OpenDuplicate for a visit that has an open one."""
        ...

    async def change(self, journey: Journey) -> None:
        """Keep what changed. Raises ChangedMeanwhile, with nothing written, when somebody else was faster."""
        ...

    async def reading(self, journey: Journey, *, by: Actor) -> Reading:
        """The journey with its timeline and custody line, and the person as far as the caller may know."""
        ...

    async def handoff_page(self, wanted: HandoffFilter, *, after: UUID | None, limit: int) -> Sequence[HandoffLine]:
        """Up to `limit` handoffs of the caller's house after the one with id `after`, newest first."""
        ...

    async def transition_page(
        self, wanted: TransitionFilter, *, after: UUID | None, limit: int
    ) -> Sequence[TransitionLine]:
        """Up to `limit` transitions of the caller's house after the one with id `after`, newest first."""
        ...


class HandoffWork(Work, Protocol):
    """A unit of work on transitions and handoffs."""

    @property
    def handoffs(self) -> Handoffs: ...


class PlanningWork(HandoffWork, Protocol):
    """The same, where somebody new may be taken down with the transition that is made for them."""

    @property
    def people(self) -> Records[Person]: ...
    @property
    def workers(self) -> Records[Worker]: ...


class OverdueMilestones(Protocol):
    """Finds and marks, over all tenants, milestones whose due time has passed."""

    async def mark_missed(self, *, now: datetime, limit: int) -> int:
        """Mark up to `limit` of them, each with a line on its timeline; how many. Safe to run many times at once."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitingOffer:
    """An open offer, by its number."""

    tenant_id: UUID
    handoff_id: UUID
    offer_number: int


class WaitingOffers(Protocol):
    """Finds, over all tenants, open offers whose time to answer is over."""

    async def due_before(self, instant: datetime, *, limit: int) -> Sequence[WaitingOffer]:
        """Up to `limit` that had to be answered before `instant`, oldest first; no escalation already known as unanswered."""
        ...


class EntitlementSubjects(Protocol):
    """What entitlement questions are about, over all tenants, read in a few statements however many they are."""

    async def read(
        self, questions: Sequence[EntitlementQuestion]
    ) -> tuple[Mapping[tuple[UUID, str, UUID], Subject], frozenset[tuple[UUID, UUID]]]:
        """Subjects by (tenant, kind, id), and the active workers among those asked about by (tenant, worker)."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """Who asks for a change, which version they saw, and when it occurred by their word."""

    by: Actor
    expected_version: int
    occurred_at: datetime | None = None
