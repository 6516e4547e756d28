"""The Numbers port over HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.console.adapters.neighbour import Neighbour
from services.console.domain.session import Session
from services.console.domain.told_numbers import AtRiskList, FollowUpNumbers, HandoffNumbers


@dataclass(frozen=True, kw_only=True)
class NumbersOverHttp:
    """Asks referrals."""

    neighbour: Neighbour

    async def handoffs(
        self, by: Session, *, programme_id: UUID | None, first: date | None, last: date | None
    ) -> HandoffNumbers:
        """How handing over went; without days, in the last thirty."""
        asked = _asked(programme_id, first=first, last=last)
        return await self.neighbour.get("/numbers/handoffs", by=by, answer=HandoffNumbers, asked=asked)

    async def follow_up(
        self, by: Session, *, programme_id: UUID | None, first: date | None, last: date | None
    ) -> FollowUpNumbers:
        """Follow-up by measure; without days, in the last year."""
        asked = _asked(programme_id, first=first, last=last)
        return await self.neighbour.get("/numbers/follow-up", by=by, answer=FollowUpNumbers, asked=asked)

    async def at_risk(self, by: Session, *, programme_id: UUID | None, until: date | None) -> AtRiskList:
        """Clocks that run out by a day; without one, by the coming Friday."""
        asked = {"programme_id": programme_id, "by": until}
        return await self.neighbour.get("/follow-up/at-risk", by=by, answer=AtRiskList, asked=asked)


def _asked(programme_id: UUID | None, *, first: date | None, last: date | None) -> Mapping[str, object]:
    return {"programme_id": programme_id, "from": first, "to": last}
