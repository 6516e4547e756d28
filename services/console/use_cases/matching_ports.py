"""What the pages around matching need of referrals."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from services.console.domain.session import Session
from services.console.domain.told_matching import Acquaintance, Ceilings, LivedExperience, Noted, Wish


class Matching(Protocol):
    """What peers say of themselves, what people ask for, and how much room a programme may have."""

    async def lived_experience(self, by: Session) -> LivedExperience: ...

    async def share_lived_experience(self, codes: Sequence[str], *, use_for_matching: bool, by: Session) -> None: ...

    async def acquaintances(self, by: Session) -> Sequence[Acquaintance]: ...

    async def declare_acquaintance(
        self, person_id: UUID, *, programme_id: UUID, step_back: bool, key: str, by: Session
    ) -> Noted: ...

    async def end_acquaintance(self, entry_id: UUID, *, version: int, key: str, by: Session) -> None: ...

    async def wish(self, person_id: UUID, *, by: Session) -> Wish: ...

    async def record_wish(self, person_id: UUID, codes: Sequence[str], *, by: Session) -> None: ...

    async def ceilings(self, programme_id: UUID, *, by: Session) -> Ceilings: ...

    async def set_terms(self, programme_id: UUID, body: Mapping[str, Any], *, key: str, by: Session) -> None: ...
