"""What letting go of somebody's work, and declaring that two people know each other, need of the world."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from services.referrals.domain.directory import Programme, Worker
from services.referrals.domain.dual_relationships import DualRelationship
from services.referrals.domain.person import Person
from services.referrals.domain.referral import Referral, ReferralStep
from services.referrals.use_cases.handoff_ports import HandoffWork
from services.referrals.use_cases.ports import Records, TaskWork, Work


class LetGo(Protocol):
    """Referrals that somebody lets go of, inside the tenant of the unit of work."""

    async def referral(self, referral_id: UUID) -> Referral:
        """The referral, locked. Raises NotFound."""
        ...

    async def change_referral(self, before: Referral, after: Referral, *steps: ReferralStep) -> None:
        """Keep the next version and its row of history."""
        ...

    def add_referral(self, referral: Referral, *steps: ReferralStep) -> None:
        """Keep a new one that follows."""
        ...


class Conflicts(LetGo, Protocol):
    """What lies between a worker and a person."""

    async def handoffs(self, *, worker_id: UUID, person_id: UUID) -> Sequence[UUID]:
        """Handoffs of the person that are suggested or offered to the worker, or held by them."""
        ...

    async def referrals(self, *, worker_id: UUID, person_id: UUID) -> Sequence[Referral]:
        """Referrals of the person that the worker is asked about by name or has, locked."""
        ...

    async def tasks(self, *, worker_id: UUID, person_id: UUID) -> Sequence[UUID]:
        """Tasks about the person that lie with the worker."""
        ...


class LetGoWork(Work, Protocol):
    """A unit of work on what somebody lets go of."""

    @property
    def programmes(self) -> Records[Programme]: ...
    @property
    def conflicts(self) -> LetGo: ...


class RegisterWork(Protocol):
    """A unit of work on the register alone."""

    @property
    def programmes(self) -> Records[Programme]: ...
    @property
    def workers(self) -> Records[Worker]: ...
    @property
    def dual_relationships(self) -> Records[DualRelationship]: ...


class ConflictWork(HandoffWork, TaskWork, RegisterWork, Protocol):
    """The register, and what an entry in it sets going."""

    @property
    def people(self) -> Records[Person]: ...
    @property
    def conflicts(self) -> Conflicts: ...
