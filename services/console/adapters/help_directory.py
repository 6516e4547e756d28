"""The HelpDirectory port over HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from services.console.adapters.neighbour import Neighbour
from services.console.domain.session import Session
from services.console.domain.told_help import HelpFound, HelpLocation, HelpOrganization, HelpService
from shared.contracts.paging import Page

_AT_ONCE = 30


@dataclass(frozen=True, kw_only=True)
class HelpDirectoryOverHttp:
    """Asks referrals."""

    neighbour: Neighbour

    async def search(self, wanted: Mapping[str, str], *, cursor: str | None, by: Session) -> Page[HelpFound]:
        """Services that fit all of it: `search`, `taxonomy_term`, `language`, `near`; thirty at once."""
        return await self.neighbour.get(
            "/directory/services", by=by, answer=Page[HelpFound], asked=wanted, limit=_AT_ONCE, cursor=cursor
        )

    async def service(self, entry_id: UUID, *, by: Session) -> HelpService:
        """A service with places, hours, telephones, languages, room and codes."""
        return await self.neighbour.get(f"/directory/services/{entry_id}", by=by, answer=HelpService)

    async def organization(self, entry_id: UUID, *, by: Session) -> HelpOrganization:
        """An organisation with its services and places."""
        return await self.neighbour.get(f"/directory/organizations/{entry_id}", by=by, answer=HelpOrganization)

    async def location(self, entry_id: UUID, *, by: Session) -> HelpLocation:
        """A place with addresses, hours and how accessible it is."""
        return await self.neighbour.get(f"/directory/locations/{entry_id}", by=by, answer=HelpLocation)

    async def make_partner(self, entry_id: UUID, *, key: str, by: Session) -> None:
        """Its workers and teams can be referred to from now on. Raises Refused 409 where it is a partner already."""
        await self.neighbour.tell(f"/directory/organizations/{entry_id}/partner", None, by=by, key=key)
