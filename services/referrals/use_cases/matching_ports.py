"""What the use cases of matching need of the world."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.referrals.domain.candidates import Candidate
from services.referrals.domain.ceilings import CapacityTerms
from services.referrals.domain.dual_relationships import DualRelationship
from services.referrals.use_cases.ports import DirectoryWork, Records
from shared.contracts.codes import IntegrationModel, Setting


@dataclass(frozen=True, kw_only=True, slots=True)
class PeersAround:
    """The peers of a programme as they stand to one person, and what matching needs to know of the programme.

    `person_language` is None where no person was asked about, or there is none.
    """

    setting: Setting
    model: IntegrationModel
    protocol_code: str
    calendar_code: str
    time_zone: str
    person_language: str | None
    waitlist: bool
    assessment_first: bool
    candidates: Sequence[Candidate]


@dataclass(frozen=True, kw_only=True, slots=True)
class LivedExperience:
    """What a peer says of their own life, for themself; matching uses it only if `use_for_matching`."""

    codes: tuple[str, ...] = ()
    use_for_matching: bool = False


class Matching(Protocol):
    """What matching reads, and what is kept for it alone."""

    async def peers_around(
        self, *, programme_id: UUID, person_id: UUID | None, sender_worker_id: UUID | None, on: datetime
    ) -> PeersAround:
        """Everybody who could be thought of, in one statement, for this sender. Raises NotFound for an unknown programme."""
        ...

    async def lived_experience(self, worker_id: UUID) -> LivedExperience:
        """What this peer said. Asked for by the peer only."""
        ...

    async def keep_lived_experience(self, said: LivedExperience, *, worker_id: UUID, at: datetime) -> None:
        """In the place of what was said before."""
        ...

    async def wish(self, person_id: UUID) -> tuple[str, ...]:
        """What the person asked for. Raises NotFound for an unknown person."""
        ...

    async def keep_wish(self, codes: tuple[str, ...], *, person_id: UUID, by: UUID | None, at: datetime) -> None:
        """In the place of what was asked for before. Raises NotFound for an unknown person."""
        ...


class MatchingWork(DirectoryWork, Protocol):
    """A unit of work on matching."""

    @property
    def dual_relationships(self) -> Records[DualRelationship]: ...
    @property
    def capacity_terms(self) -> Records[CapacityTerms]: ...
    @property
    def matching(self) -> Matching: ...
