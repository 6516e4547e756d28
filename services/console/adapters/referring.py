"""The Referring port over HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.console.adapters.neighbour import Neighbour
from services.console.domain.session import Session
from services.console.domain.told_referral import Referral, ReferralLine, ReferralMade, SharedPlan
from services.console.domain.told_team import Matches
from services.console.domain.told_timeline import Timeline
from shared.contracts.paging import Page


@dataclass(frozen=True, kw_only=True)
class ReferringOverHttp:
    """Asks referrals."""

    neighbour: Neighbour

    async def referrals(
        self,
        by: Session,
        *,
        order: str | None = None,
        status: str | None = None,
        mine: bool = False,
        asked: bool = False,
        team: UUID | None = None,
        person: UUID | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Page[ReferralLine]:
        """Referrals the visitor may know of: newest first, unless `order` says otherwise (`due`, `offer_again`).

        `mine`: the visitor was asked or has it; `asked`: the visitor asked. `cursor` goes on where an earlier page ended.
        """
        return await self.neighbour.get(
            "/referrals",
            by=by,
            answer=Page[ReferralLine],
            order=order,
            status=status,
            owner="me" if mine else None,
            requester="me" if asked else None,
            team_id=team,
            person_id=person,
            limit=limit,
            cursor=cursor,
        )

    async def referral(self, referral_id: UUID, *, by: Session) -> Referral:
        """One referral."""
        return await self.neighbour.get(f"/referrals/{referral_id}", by=by, answer=Referral)

    async def shared_plan(self, referral_id: UUID, *, by: Session) -> SharedPlan:
        """What is open for its person. Raises Refused 404 for everybody but the team, and where no plan is shared."""
        return await self.neighbour.get(f"/referrals/{referral_id}/shared-plan", by=by, answer=SharedPlan)

    async def refer(self, body: Mapping[str, Any], *, key: str, by: Session) -> ReferralMade:
        """Refer somebody."""
        return await self.neighbour.post("/referrals", body, by=by, answer=ReferralMade, key=key)

    async def step(
        self, referral_id: UUID, command: str, *, body: Mapping[str, Any], version: int, key: str, by: Session
    ) -> None:
        """A step on a referral."""
        await self.neighbour.tell(f"/referrals/{referral_id}/{command}", body, by=by, version=version, key=key)

    async def reroute(
        self, referral_id: UUID, *, body: Mapping[str, Any], version: int, key: str, by: Session
    ) -> ReferralMade:
        """The same need, to somebody else: the new referral."""
        path = f"/referrals/{referral_id}/reroute"
        return await self.neighbour.post(path, body, by=by, answer=ReferralMade, version=version, key=key)

    async def pass_on(self, referral_id: UUID, *, body: Mapping[str, Any], key: str, by: Session) -> ReferralMade:
        """A part of it, asked of somebody else: the new referral."""
        path = f"/referrals/{referral_id}/pass-on"
        return await self.neighbour.post(path, body, by=by, answer=ReferralMade, key=key)

    async def feedback(self, referral_id: UUID, text: str, *, key: str, by: Session) -> None:
        """Tell the other side how it goes."""
        await self.neighbour.tell(f"/referrals/{referral_id}/feedback", {"text": text}, by=by, key=key)

    async def timeline(self, handoff_id: UUID, *, by: Session) -> Timeline:
        """Who knew what, when."""
        return await self.neighbour.get(f"/handoffs/{handoff_id}/timeline", by=by, answer=Timeline)

    async def candidates(self, handoff_id: UUID, *, by: Session) -> Matches:
        """Who would be asked next, and why."""
        return await self.neighbour.get(f"/handoffs/{handoff_id}/candidates", by=by, answer=Matches)
