"""What the pages of numbers need of referrals."""

from datetime import date
from typing import Protocol
from uuid import UUID

from services.console.domain.session import Session
from services.console.domain.told_numbers import AtRiskList, FollowUpNumbers, HandoffNumbers


class Numbers(Protocol):
    """How it goes, of the whole network or of one programme; without days of its own each has its usual period."""

    async def handoffs(
        self, by: Session, *, programme_id: UUID | None, first: date | None, last: date | None
    ) -> HandoffNumbers: ...

    async def follow_up(
        self, by: Session, *, programme_id: UUID | None, first: date | None, last: date | None
    ) -> FollowUpNumbers: ...

    async def at_risk(self, by: Session, *, programme_id: UUID | None, until: date | None) -> AtRiskList: ...
