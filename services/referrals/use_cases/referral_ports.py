"""What the use cases of referrals need of the world."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.assignment import Parties, Wish
from services.referrals.domain.calendar_shelf import CalendarShelf
from services.referrals.domain.consent_words import Information
from services.referrals.domain.directory import Programme, Team, Worker
from services.referrals.domain.person import Person
from services.referrals.domain.redisclosure import Basis
from services.referrals.domain.referral import Referral, ReferralNote, ReferralStep
from services.referrals.domain.referral_address import ReferralSurroundings, ReferralWish
from services.referrals.domain.referral_deadlines import ResponseCalendar
from services.referrals.domain.referral_models import ModelShelf
from services.referrals.domain.referral_standing import Standing
from services.referrals.domain.referral_states import ReferralStatus
from services.referrals.domain.shared_plan import PlanLine
from services.referrals.use_cases.handoff_ports import PersonCalled
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import Records, TeamMembers, Work
from shared.contracts.codes import PracticeRole


@dataclass(frozen=True, kw_only=True, slots=True)
class ReferralRules:
    """The models and calendars of this installation."""

    models: ModelShelf
    calendars: CalendarShelf

    def calendar_of(self, programme: Programme) -> ResponseCalendar:
        """When the programme is open, in its time zone."""
        return self.calendars.choose(programme.calendar_code, time_zone=programme.time_zone)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReferralReading:
    """A referral as its reader may see it. `person` is absent while the reader may not know who it is about."""

    standing: Standing
    person: PersonCalled | None
    history: Sequence[ReferralStep]
    notes: Sequence[ReferralNote]
    children: Sequence[UUID]
    basis: Basis | None = None
    """The consent on whose strength the reader is told; None where they need none, or are told nothing."""

    def tells(self, category: Information) -> bool:
        """Whether the reader may be told this much."""
        return self.person is not None and (self.basis is None or category in self.basis.information)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReferralLine:
    """One referral in a list. `called` and `person_id` are absent while the reader may not know who it is about."""

    id: UUID
    version: int
    programme_id: UUID
    model: str
    need: str
    kind: str
    priority: str
    status: str
    business_status: str
    requester_worker_id: UUID | None
    owner_worker_id: UUID | None
    team_id: UUID | None
    person_id: UUID | None
    called: str | None
    respond_by: datetime | None
    overdue_at: datetime | None
    scheduled_at: datetime | None
    offer_again_at: datetime | None
    recorded_at: datetime
    basis: Basis | None


class ReferralOrder(StrEnum):
    """What a list is about, and by what it is ordered."""

    NEWEST = "newest"
    DUE = "due"
    """Those that wait for an answer, the soonest due first."""
    AT_RISK = "at_risk"
    """Those whose answer is due within a day, or late."""
    OFFER_AGAIN = "offer_again"
    """Declined ones that are to be offered again, the soonest first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReferralFilter:
    """Which referrals a list shows; `None` asks for all. What the caller may know of always applies."""

    by: Actor
    order: ReferralOrder = ReferralOrder.NEWEST
    status: ReferralStatus | None = None
    owner_worker_id: UUID | None = None
    requester_worker_id: UUID | None = None
    team_id: UUID | None = None
    person_id: UUID | None = None
    due_before: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class HuddleWindow:
    """The day a team talks about: what is new since `since`, and what falls due before `until`."""

    since: datetime
    until: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ClinicalBackup:
    """Who is called in when a peer meets a crisis: a team, and the clinician who stands for it by name."""

    tenant_id: UUID
    programme_id: UUID
    team_id: UUID
    worker_id: UUID
    by_worker_id: UUID | None
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ReferralAsked:
    """Who asks for a change, which version they saw, and when it occurred by their word."""

    by: Actor
    version: int
    occurred_at: datetime | None = None


class NewReferrals(Protocol):
    """Where new referrals are put down."""

    def add(self, referral: Referral, *steps: ReferralStep, newcomer: Person | None = None) -> None:
        """Keep a new referral with its parties and the first rows of its history."""
        ...


class NewReferralWork(Work, Protocol):
    """A unit of work that only adds referrals."""

    @property
    def referrals(self) -> NewReferrals: ...


class ReferralDesk(Protocol):
    """Referring in two round trips: everything read in one statement, everything written in another."""

    async def surroundings(
        self, wish: ReferralWish, *, by: Actor, once: Once | None, passed_on: bool = False
    ) -> ReferralSurroundings:
        """Everything the wish names; `passed_on` where its person is known from a referral that one has. Raises AlreadyAnswered for a request answered before."""
        ...

    async def chain(self, parent_id: UUID, *, by: Actor) -> frozenset[UUID]:
        """Workers and teams that a referral has passed through."""
        ...

    async def judged(self, wish: Wish, *, by: Actor, assigner_worker_id: UUID) -> Parties:
        """Everything a question to the scope guard is made of."""
        ...

    def adding(self, tenant_id: UUID, *, once: Once | None = None) -> AbstractAsyncContextManager[NewReferralWork]:
        """Left cleanly, everything gathered is written at once; raises AlreadyAnswered where somebody was faster."""
        ...


class Referrals(NewReferrals, Protocol):
    """The referrals of one tenant, as far as a caller may know of them."""

    async def standing(self, referral_id: UUID, *, by: Actor, lock: bool = False) -> Standing:
        """The referral and who the caller is to it. Raises NotFound. With `lock`, nobody changes it until the commit."""
        ...

    async def told_whom(self, referral_id: UUID, *, by: Actor) -> bool:
        """Whether the caller may know now whom it is about; nothing of it is read."""
        ...

    async def only_ran_late(self, referral: Referral, *, since: int) -> bool:
        """Whether nothing happened after version `since` but that nobody answered in time."""
        ...

    async def change(self, before: Referral, after: Referral, *steps: ReferralStep) -> None:
        """Keep the next version, its parties where they changed, and its rows of history. Raises Stale."""
        ...

    def note(self, note: ReferralNote) -> None:
        """Keep a text."""
        ...

    async def parent_of(self, child: Referral) -> tuple[Referral, bool] | None:
        """The referral it was passed on from, locked, and whether every other one passed on from it is completed.

        One that another has taken the place of does not count: the other does.
        """
        ...

    async def reading(self, referral_id: UUID, *, by: Actor) -> ReferralReading:
        """The referral with everything a reader sees. Raises NotFound."""
        ...

    async def page(self, wanted: ReferralFilter, *, after: UUID | None, limit: int) -> Sequence[ReferralLine]:
        """Up to `limit` referrals after the one with id `after`, in the order asked for."""
        ...

    async def huddle(self, team_id: UUID, *, by: Actor, window: HuddleWindow, limit: int) -> Sequence[ReferralLine]:
        """What the team should talk about. Raises NotFound for a team that the caller has nothing to do with."""
        ...

    async def plan_of(self, referral: Referral, *, by: Actor, limit: int) -> Sequence[PlanLine]:
        """Open things of its person in its programme, for its team. Raises NotFound."""
        ...

    async def told_of(self, person_ids: Collection[UUID], *, by: Actor) -> Mapping[UUID, Basis]:
        """The consents on which the caller, as who has taken a referral, may read these people's records."""
        ...

    async def role_of(self, worker_id: UUID) -> PracticeRole | None:
        """The practice role of an active worker; None for one who has left or is not in this tenant."""
        ...

    async def backup_of(self, programme_id: UUID) -> ClinicalBackup | None:
        """The programme's clinical backup, if it has one."""
        ...

    async def keep_backup(self, backup: ClinicalBackup) -> None:
        """Name a programme's clinical backup, or another one. Raises NotFound for what is not in this tenant."""
        ...


class ReferralWork(Work, Protocol):
    """A unit of work on referrals."""

    @property
    def referrals(self) -> Referrals: ...


class BackupWork(ReferralWork, Protocol):
    """The same with the directory that a clinical backup is named from."""

    @property
    def programmes(self) -> Records[Programme]: ...
    @property
    def workers(self) -> Records[Worker]: ...
    @property
    def teams(self) -> Records[Team]: ...
    @property
    def team_members(self) -> TeamMembers: ...


class OverdueReferrals(Protocol):
    """Finds and marks, over all tenants, requests that nobody has answered in time."""

    async def mark_overdue(self, *, now: datetime, limit: int) -> int:
        """Mark up to `limit` of them, each with a row of history and a fact; how many. Safe to run many times at once."""
        ...
