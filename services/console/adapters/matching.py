"""The Matching port over HTTP."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.console.adapters.neighbour import Neighbour
from services.console.domain.session import Session
from services.console.domain.told_matching import Acquaintance, Ceilings, LivedExperience, Noted, Wish
from shared.contracts.paging import Page


@dataclass(frozen=True, kw_only=True)
class MatchingOverHttp:
    """Asks referrals. Nothing of it is kept here."""

    neighbour: Neighbour

    async def lived_experience(self, by: Session) -> LivedExperience:
        """What the visitor said of their own life."""
        return await self.neighbour.get("/workers/me/lived-experience", by=by, answer=LivedExperience)

    async def share_lived_experience(self, codes: Sequence[str], *, use_for_matching: bool, by: Session) -> None:
        """All of it, in the place of what was there."""
        body = {"codes": list(codes), "use_for_matching": use_for_matching}
        await self.neighbour.put("/workers/me/lived-experience", body, by=by)

    async def acquaintances(self, by: Session) -> Sequence[Acquaintance]:
        """Whom the visitor knows from elsewhere, the newest two hundred."""
        path = "/workers/me/dual-relationships"
        return (await self.neighbour.get(path, by=by, answer=Page[Acquaintance], limit=200)).items

    async def declare_acquaintance(
        self, person_id: UUID, *, programme_id: UUID, step_back: bool, key: str, by: Session
    ) -> Noted:
        """The visitor knows this person from elsewhere. Raises Refused 404 where they are not party to the person."""
        body = {"programme_id": str(programme_id), "person_id": str(person_id), "step_back": step_back}
        return await self.neighbour.post("/workers/me/dual-relationships", body, by=by, answer=Noted, key=key)

    async def end_acquaintance(self, entry_id: UUID, *, version: int, key: str, by: Session) -> None:
        """It no longer counts."""
        await self.neighbour.tell(f"/dual-relationships/{entry_id}/end", None, by=by, version=version, key=key)

    async def wish(self, person_id: UUID, *, by: Session) -> Wish:
        """What the person asked for in somebody who walks along."""
        return await self.neighbour.get(f"/people/{person_id}/wish", by=by, answer=Wish)

    async def record_wish(self, person_id: UUID, codes: Sequence[str], *, by: Session) -> None:
        """In the place of what was asked for before."""
        await self.neighbour.put(f"/people/{person_id}/wish", {"codes": list(codes)}, by=by)

    async def ceilings(self, programme_id: UUID, *, by: Session) -> Ceilings:
        """Which ceilings hold today, and where they were read."""
        return await self.neighbour.get(f"/programmes/{programme_id}/ceilings", by=by, answer=Ceilings)

    async def set_terms(self, programme_id: UUID, body: Mapping[str, Any], *, key: str, by: Session) -> None:
        """From which day on how much room there is. Raises Refused 409 for a day that has terms."""
        await self.neighbour.tell(f"/programmes/{programme_id}/capacity-terms", body, by=by, key=key)
